# shellcheck shell=bash
# .github/people.yml: who the accounts at GitHub are in the clouds. The person who starts a lease gets it, as the principal of
# their row; approvals count only of accounts with a row.

people_file=.github/people.yml

# The rows that are needed, as "ID login": the signed-in user, then the reviewers.
look_up_people() {
  local one all at=$into/$people_file
  others='' unread_people=''
  for one in $approver_names; do
    if all=$(members_of "$one"); then
      others=$others$all$'\n'
    else
      unread_people=$one
      warn "It is unknown who $one is ($(first_line)). Approvals count only of accounts with a row in $people_file"
    fi
  done
  others=$(printf %s "$others" | awk -v me="$my_id" '$1 != "" && $1 != me && !seen[$1]++')
  [ -z "$who" ] || [ -n "$others$unread_people" ] ||
    fault "With --who, you ($me) start the first lease, and as its only reviewer you cannot approve it. Name another reviewer, or leave out --who. Example: --reviewer octocat"
  if [ ! -e "$at" ] && [ ! -L "$at" ]; then return; fi
  kept="$kept $people_file"
  judge_people "$at"
}
members_of() { # login or team:SLUG
  case $1 in
    team:*) gh api --paginate "orgs/${repository%%/*}/teams/${1#team:}/members?per_page=100" --jq '.[] | "\(.id) \(.login)"' 2> "$said" ;;
    *) gh api "users/$1" --jq '"\(.id) \(.login)"' 2> "$said" ;;
  esac
}

people_text() {
  echo '# Who the accounts at GitHub are in the clouds. A reviewer needs a row, without a cloud.'
  echo 'version: 1'
  echo 'people:'
  rows_of "$my_id $me" "$(my_line)"
  rows_of "$others"
}
rows_of() { # "ID login" of each, a line below
  local id login
  while read -r id login; do
    [ -z "$id" ] || printf '  - github: %s # %s\n' "$id" "$login"
    [ -z "${2:-}" ] || printf '    %s\n' "$2"
  done <<< "$1"
}
# Of the signed-in user in this cloud. Only IDs need a comment.
my_line() {
  [ -z "$who" ] || echo "$cloud_name: $(principal_text "user:${who_id:-$who}")${who_id:+ # $who}"
}

# An existing file is kept. It is not read as YAML, but as lines in the one form that it is written in; of another form
# nothing is assumed.
judge_people() { # file
  local rows mine id login missing='' known=false judge=warn
  [ -z "$who" ] || judge=fault
  if [ -L "$1" ] || [ ! -f "$1" ]; then
    fault "$1 is not an ordinary file, and the action reads no other"
    return
  fi
  if ! rows=$(read_rows "$1"); then
    warn "$1 has a form that this script does not read (${rows##*$'\n'}). Check that it has these rows:" "$(people_text | sed '1,3d')"
    return
  fi
  while read -r id login; do
    [ -n "$id" ] || continue
    if has_row "$id" "$rows"; then known=true; else missing="$missing$id $login"$'\n'; fi
  done <<< "$others"
  if [ -n "$missing" ] && [ "$known$unread_people" = false ]; then
    $judge "$1 has no row of a reviewer, so no approval would count. Add:" "$(rows_of "$missing")"
  elif [ -n "$missing" ]; then
    warn "$1 has no row of these reviewers, so their approvals do not count. Add:" "$(rows_of "$missing")"
  fi
  # Empty without a row.
  mine=$(printf '%s\n' "$rows" | sed -n "s/^$my_id //p")
  if [ -z "$who" ]; then
    [ -n "$mine" ] ||
      warn "$1 has no row of yours, so your approvals do not count and your leases would be red. Add:" "$(rows_of "$my_id $me")"
  elif [ -z "$mine" ]; then
    fault "$1 has no row of yours, so your lease would be red. Add it, and run the same command again:" "$(rows_of "$my_id $me" "$(my_line)")"
  elif [ "$mine" = - ]; then
    fault "In $1 your row has no line for $cloud_name, so your lease would be red. Add it below \"github: $my_id\", and run the same command again:" "    $(my_line)"
  elif ! is_same "$mine" "user:$who" && ! is_same "$mine" "user:${who_id:-$who}"; then
    fault "In $1 your row has $cloud_name: $mine, and --who is another. Give that one, or change the line and run the same command again:" "    $(my_line)"
  fi
}
has_row() { printf '%s\n' "$2" | grep -q "^$1 "; } # ID, rows
# "ID principal" of each row, or - for none in this cloud. Fails with the first line that is not of its form, or is there twice.
read_rows() { # file
  CLOUD=$cloud_name awk '
    function wrong(why) { print "line " NR why; bad = 1; exit 1 }
    function value(text,  quote) {
      sub(/^[a-z]+: */, "", text)
      quote = substr(text, 1, 1)
      if (quote == "\047") {
        text = substr(text, 2)
        if (!match(text, /^([^\047]|\047\047)*\047[ ]*($|#)/)) return ""
        sub(/\047[ ]*(#.*)?$/, "", text)
        gsub(/\047\047/, "\047", text)
        return text ~ /^user:./ ? text : ""
      }
      sub(/ +#.*$/, "", text)
      sub(/ +$/, "", text)
      return text ~ /^user:[^"]+$/ && text !~ /:( |$)/ ? text : ""
    }
    function end() { if (id != "") print id, (of == "" ? "-" : of) }
    { sub(/\r$/, "") }
    /^ *(#.*)?$/ { next }
    /^version: 1 *(#.*)?$/ && !version++ { next }
    /^people: *(#.*)?$/ && version && !people++ { next }
    people && /^ *- github: [1-9][0-9]*( +#.*)?$/ {
      match($0, /^ */)
      if (id != "" && RLENGTH != indent) wrong(": another indentation")
      end()
      indent = RLENGTH
      id = $3
      of = ""
      split("", has)
      if (accounts[id]++) wrong(": an account again")
      next
    }
    id != "" && /^ *(aws|azure): / {
      match($0, /^ */)
      if (RLENGTH != indent + 2) wrong(": another indentation")
      name = substr($0, RLENGTH + 1)
      text = value(name)
      sub(/:.*/, "", name)
      if (text == "" || has[name]++ || taken[name, tolower(text)]++) wrong("")
      if (name == ENVIRON["CLOUD"]) of = text
      next
    }
    { wrong("") }
    END {
      if (bad) exit 1
      if (!people) { print "no people"; exit 1 }
      end()
    }' < "$1"
}

plan_people() {
  local names
  if is_kept "$people_file"; then
    plan_line "${people_file##*/}" 'exists; left as it is'
  else
    names=$(cut -d ' ' -f 2 <<< "$others" | tr '\n' ' ')
    [ -n "$who" ] || names="$me $names"
    names=${names% } names=${names:-none}
    plan_line "${people_file##*/}" "will be written to $into/.github: ${who:+$me is $(my_line); }without access: ${names// /, }"
  fi
}
