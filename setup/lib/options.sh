# shellcheck shell=bash
# Options, their faults, and the progress of a script. Sourced, like all files in this folder. They keep to Bash 3.2, the
# version of macOS.

# The final messages go to the terminal, even while a command's errors go to a file.
exec 3>&2

# Both can have a second argument: the command, or the lines, that fix it.
faults='' warnings=''
fault() {
  faults="$faults  - $1"$'\n'
  [ $# -lt 2 ] || faults="$faults$(indented "$2")"$'\n'
}
# Does not stop the script. Shown before it continues, also with --yes.
warn() {
  warnings="$warnings  ! $1"$'\n'
  [ $# -lt 2 ] || warnings="$warnings$(indented "$2")"$'\n'
}
indented() { printf '%s\n' "$1" | sed 's/^/      /'; }
stop_at_faults() {
  [ -z "$faults" ] && return
  printf '\nNothing was changed. Fix this first:\n%s' "$faults" >&2
  leave 1
}

# However a script ends, it reports what it has done.
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
    printf '\nStopped. Nothing was changed.\n' >&3
  else
    printf '\nStopped halfway%s.\n' "${now:+, at: $now}" >&3
    [ -z "$changed" ] || printf 'Done before:\n%s' "$changed" >&3
    echo 'Fix the error above and run the same command again. It keeps what is done.' >&3
  fi
}
trap on_exit EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Sets a variable for each option; --reviewer can be repeated. Arguments: the names of the options, then the command line.
approval=environment repository='' reviewers='' into='' action='' subject='' who='' incident=first-lease yes=false push=true
given=' '
take_options() {
  local option name value names=" $1 "
  shift
  while [ $# -gt 0 ]; do
    # Also --name=value.
    case "$1" in --*=*) set -- "${1%%=*}" "${1#*=}" "${@:2}" ;; esac
    option=$1 value=''
    shift
    case "$option" in
      --help | -h) usage && leave 0 ;;
      --yes) yes=true && continue ;;
      --no-push) push=false && continue ;;
      --*) ;;
      *) fault "$option is a value without an option. --help lists the options" && continue ;;
    esac
    # If the next word is an option, this one has no value.
    case "${1---}" in
      --*) ;;
      *) value=$1 && shift ;;
    esac
    name=${option#--}
    case "$names" in
      *" $name "*) take "$option" "$value" ;;
      *) fault "There is no option $option. --help lists the options" ;;
    esac
  done
  into=${into%/}
}
take() { # option, value
  if [ "$1" = --reviewer ]; then
    must_be --reviewer "$2" '^(team:)?[A-Za-z0-9][A-Za-z0-9_.-]*$' 'octocat, or --reviewer team:security'
    is_named "$2" "$reviewers" || reviewers="$reviewers${reviewers:+ }$2"
  elif is_given "$1"; then
    fault "$1 is given twice. Give it once"
  else
    given="$given$1 "
    local name=${1#--}
    printf -v "${name//-/_}" %s "$2"
  fi
}
is_same() ( # ignores letter case
  shopt -s nocasematch
  [[ $1 == "$2" ]]
)
is_named() ( # name, names
  for name in $2; do
    is_same "$name" "$1" && exit 0
  done
  exit 1
)
is_by_review() { [ "$approval" = review ]; }
is_given() { case "$given" in *" $1 "*) ;; *) return 1 ;; esac }

needs() { command -v "$1" > /dev/null || fault "$1 is not installed: $2"; }
check_options() {
  check_host
  must_be --approval "$approval" '^(environment|review)$' review
  name_files
  must_be --into "$into" . ../infra
  ! is_given --action || must_be --action "$action" '^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+@[A-Za-z0-9_./-]+$' octo-org/cloud-access@v1
  ! is_given --subject || must_be --subject "$subject" "$subject_form" octo-org@9919/infra@74901
  ! is_given --who || must_be --who "$who" "$who_form" alice@example.com
  [ "$(wc -w <<< "$reviewers")" -le 6 ] || fault "--reviewer is given more than six times, and GitHub allows six. Name a team. Example: --reviewer team:security"
  ! is_by_review || [ -z "$reviewers" ] || fault "--reviewer is of --approval environment: in a pull request everyone with write access can approve. Leave it out"
  is_by_review || [ -z "$faults" ] || [ -n "$reviewers" ] || fault '--reviewer is missing. It is required unless the environment production-access exists. Example: --reviewer octocat'
  must_be --incident "$incident" '^[A-Za-z0-9][A-Za-z0-9 ._:#/-]*$' INC-4711
  [ "$push" = true ] || [ -z "$who" ] || fault '--who requires the workflows on the default branch: leave out --no-push'
  needs gh https://cli.github.com
  needs git https://git-scm.com
  [ -n "$action" ] || look_up_action
  [ -z "$into" ] || look_up_clone
}
# gh can be signed in to other GitHubs. The scripts ask and trust github.com only.
check_host() {
  local host=${GH_HOST:-github.com} from=GH_HOST
  if [[ $repository =~ ^(https?://)?([^/]+)/[^/]+/[^/]+$ ]]; then
    host=${BASH_REMATCH[2]} from="--repository $repository"
  fi
  if ! is_same "$host" github.com; then
    fault "$from is for $host, and the roles trust tokens of github.com only. For another GitHub set up by hand: docs/setup-by-hand.md"
    repository=''
  else
    must_be --repository "$repository" '^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$' octo-org/infra
  fi
  export GH_HOST=github.com
}
who_form='^[^[:space:][:cntrl:]"\\]+$'
subject_form='^[A-Za-z0-9_.-]+(@[0-9]+)?/[A-Za-z0-9_.-]+(@[0-9]+)?$'
must_be() { # option, value, pattern, example
  if [ -z "$2" ]; then
    fault "$1 is missing. Example: $1 $4"
  elif ! [[ $2 =~ $3 ]]; then
    fault "$1 $2 does not have the expected form. Example: $1 $4"
  fi
}

# The errors of a look-up go to this file, and their first line into its fault, without warnings if there are other lines.
said=$(mktemp)
first_line() {
  local line
  line=$(grep '^ERROR' "$said" | head -n 1)
  [ -n "$line" ] || line=$(grep -v -e '^[[:space:]]*$' -e '^WARNING:' "$said" | head -n 1)
  [ -n "$line" ] || line=$(grep -v '^[[:space:]]*$' "$said" | head -n 1)
  echo "$line"
}

plan_line() { printf '  %-26s%s\n' "$1" "$2"; }
# Only on a terminal. The next line replaces it.
progress() { [ ! -t 2 ] || printf '\r\033[K%s' "$1" >&2; }
confirm() {
  [ -z "$warnings" ] || printf '\n%s' "$warnings"
  [ "$yes" = true ] && return
  local answer=''
  printf '\nContinue? [y/N] '
  read -r answer || true
  case $answer in
    [yY] | [yY][eE][sS]) ;;
    *)
      echo 'Nothing was changed.'
      leave 1
      ;;
  esac
}
