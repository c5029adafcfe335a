# shellcheck shell=bash
# Values of the user as YAML.

# In YAML's single quotes. Bash 3.2 and later disagree about quotes inside ${…//…}.
quoted() { printf "'%s'\n" "$(printf %s "$1" | sed "s/'/''/g")"; }
# A plain YAML scalar if that is safe. Quotes what YAML reads as another type, and a blank at the end.
yaml_text() (
  plain='^[A-Z]([A-Z0-9 ()_.-]*[A-Z0-9()_.-])?$' word='^(null|true|false|yes|no|on|off|y|n)$'
  shopt -s nocasematch
  if [[ $1 =~ $plain ]] && ! [[ $1 =~ $word ]]; then echo "$1"; else quoted "$1"; fi
)
principal_text() {
  case $1 in
    *[!A-Za-z0-9@._:+-]* | *:) quoted "$1" ;;
    *) echo "$1" ;;
  esac
}
