# shellcheck shell=bash
# What was given, what is wrong with it, and how far a script came. To be sourced, like all of this folder, which keeps to
# bash 3.2: that is what macOS has.

# What is said of a script that ends belongs on the terminal, also where a command's own words go into a file.
exec 3>&2

# Both may have a command that mends it, to be typed.
faults='' warnings=''
fault() {
  faults="$faults  - $1"$'\n'
  [ $# -lt 2 ] || faults="$faults      $2"$'\n'
}
# What does not stop the script, and is told before it goes on, asked or not.
warn() {
  warnings="$warnings  ! $1"$'\n'
  [ $# -lt 2 ] || warnings="$warnings      $2"$'\n'
}
stop_at_faults() {
  [ -z "$faults" ] && return
  printf '\nNothing was changed. Fix this first:\n%s' "$faults" >&2
  leave 1
}

# Whatever breaks a script off, it says how far it came.
changed='' now=''
doing() { now=$1; }
done_with_it() {
  changed="$changed  - $now"$'\n'
  echo "✓ $now"
  now=''
}
leave() { trap 'rm -f "$said"' EXIT && exit "$1"; }
on_exit() {
  local code=$?
  rm -f "$said"
  [ "$code" -eq 0 ] && return
  if [ -z "$changed$now" ]; then
    printf '\nStopped; nothing was changed.\n' >&3
  else
    printf '\nStopped half-way%s.\n' "${now:+, at: $now}" >&3
    [ -z "$changed" ] || printf 'Done before:\n%s' "$changed" >&3
    echo 'Fix what is said above and run the same command again: what is done already stays as it is.' >&3
  fi
}
trap on_exit EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Sets a variable for each option; of --reviewer there may be several. Arguments: the names of the others, then what was given.
repository='' reviewers='' into='' action='' subject='' who='' incident=first-lease yes=false push=true
given=' '
take_options() {
  local option name value names=" $1 "
  shift
  while [ $# -gt 0 ]; do
    # As one word too: --name=value.
    case "$1" in --*=*) set -- "${1%%=*}" "${1#*=}" "${@:2}" ;; esac
    option=$1 value=''
    shift
    case "$option" in
      --help | -h) usage && leave 0 ;;
      --yes) yes=true && continue ;;
      --no-push) push=false && continue ;;
      --*) ;;
      *) fault "$option is a value without an option: --help shows the options" && continue ;;
    esac
    # The next option is no value: this one has none.
    case "${1---}" in
      --*) ;;
      *) value=$1 && shift ;;
    esac
    name=${option#--}
    case "$names" in
      *" $name "*) take "$option" "$value" ;;
      *) fault "There is no option $option: --help shows the options" ;;
    esac
  done
  into=${into%/}
}
take() { # option, value
  if [ "$1" = --reviewer ]; then
    must_be --reviewer "$2" '^(team:)?[A-Za-z0-9][A-Za-z0-9_.-]*$' 'octocat, or --reviewer team:security'
    is_named "$2" "$reviewers" || reviewers="$reviewers${reviewers:+ }$2"
  elif is_given "$1"; then
    fault "$1 is given twice, and takes one value"
  else
    given="$given$1 "
    local name=${1#--}
    printf -v "${name//-/_}" %s "$2"
  fi
}
is_same() ( # in any letter case
  shopt -s nocasematch
  [[ $1 == "$2" ]]
)
is_named() ( # name, names
  for name in $2; do
    is_same "$name" "$1" && exit 0
  done
  exit 1
)
is_given() { case "$given" in *" $1 "*) ;; *) return 1 ;; esac }

needs() { command -v "$1" > /dev/null || fault "$1 is not installed: $2"; }
check_options() {
  check_host
  must_be --into "$into" . ../infra
  ! is_given --action || must_be --action "$action" '^[A-Za-z0-9_.-]+/[A-Za-z0-9_./-]+@[A-Za-z0-9_./-]+$' octo-org/cloud-access@v1
  ! is_given --subject || must_be --subject "$subject" "$subject_form" octo-org@9919/infra@74901
  ! is_given --who || must_be --who "$who" "$who_form" alice@example.com
  [ "$(wc -w <<< "$reviewers")" -le 6 ] || fault "--reviewer is given more than six times, which GitHub does not take: name a team, as in: --reviewer team:security"
  [ -z "$faults" ] || [ -n "$reviewers" ] || fault '--reviewer is missing, unless the environment production-access exists already, as in: --reviewer octocat'
  must_be --incident "$incident" '^[A-Za-z0-9][A-Za-z0-9 ._:#/-]*$' INC-4711
  [ "$push" = true ] || [ -z "$who" ] || fault '--who needs the workflows on the default branch: leave out --no-push'
  needs gh https://cli.github.com
  needs git https://git-scm.com
  [ -n "$action" ] || look_up_action
  [ -z "$into" ] || look_up_clone
}
# Whoever is signed in to several GitHubs, or to another one only: what is asked and trusted is github.com.
check_host() {
  local host=${GH_HOST:-github.com} from=GH_HOST
  if [[ $repository =~ ^(https?://)?([^/]+)/[^/]+/[^/]+$ ]]; then
    host=${BASH_REMATCH[2]} from="--repository $repository"
  fi
  if ! is_same "$host" github.com; then
    fault "$from is for $host, and the roles trust tokens of github.com only (https://token.actions.githubusercontent.com): this set-up is for repositories there"
    repository=''
  else
    must_be --repository "$repository" '^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$' octo-org/infra
  fi
  export GH_HOST=github.com
}
subject_form='^[A-Za-z0-9_.-]+(@[0-9]+)?/[A-Za-z0-9_.-]+(@[0-9]+)?$'
must_be() { # option, value, pattern, example
  if [ -z "$2" ]; then
    fault "$1 is missing, as in: $1 $4"
  elif ! [[ $2 =~ $3 ]]; then
    fault "$1 $2 does not have the expected form, as in: $1 $4"
  fi
}

# What a look-up says on stderr goes into its fault: its first line, and no warning where there is more than that.
said=$(mktemp)
first_line() {
  local line
  line=$(grep '^ERROR' "$said" | head -n 1)
  [ -n "$line" ] || line=$(grep -v -e '^[[:space:]]*$' -e '^WARNING:' "$said" | head -n 1)
  [ -n "$line" ] || line=$(grep -v '^[[:space:]]*$' "$said" | head -n 1)
  echo "$line"
}

plan_line() { printf '  %-26s%s\n' "$1" "$2"; }
# On a terminal, and gone with the next one.
progress() { [ ! -t 2 ] || printf '\r\033[K%s' "$1" >&2; }
confirm() {
  [ -z "$warnings" ] || printf '\n%s' "$warnings"
  [ "$yes" = true ] && return
  local answer=''
  printf '\nGo on? [y/N] '
  read -r answer || true
  case $answer in
    [yY] | [yY][eE][sS]) ;;
    *)
      echo 'Nothing was changed.'
      leave 1
      ;;
  esac
}
