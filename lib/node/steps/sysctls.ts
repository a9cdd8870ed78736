/**
 * A shell function that reads a kernel parameter into the caller's have, with one space between its
 * numbers; empty when it is not there. The kernel is asked directly: a program for each of thirty
 * parameters, three times, takes longer than all the rest of the step.
 */
export const readSysctl = `
# A dot of a key is a slash of its path. A * stands for several: their values, each once.
read_sysctl() {
  local file words
  have=
  # shellcheck disable=SC2231 # a pattern
  for file in "$ROOT"/proc/sys/\${1//.//}; do
    if read -ra words 2> /dev/null < "$file" && [[ " / $have / " != *" / \${words[*]} / "* ]]; then
      have+="\${have:+ / }\${words[*]}"
    fi
  done
}
`;

/** Kernel parameters: set, read back, and looked for in files that would undo them. */
export const sysctlSteps = `${readSysctl}
# sysctl prints nothing and succeeds for some keys that it did not set, so every key is read back.
apply_sysctls() {
  local key have line wrong=() new=()
  local -A wanted=()
  while IFS= read -r line; do
    key=\${line%% = *}
    wanted[$key]=\${line#* = }
    read_sysctl "$key"
    if [ "$have" != "\${wanted[$key]}" ]; then
      new+=("$key=\${wanted[$key]}")
      say "sysctl $key: $have -> \${wanted[$key]}"
    fi
  done < <(entries "$ROOT/etc/sysctl.d/zz-groundwork.conf")
  [ "\${#new[@]}" -eq 0 ] || sysctl -q -w "\${new[@]}" || true
  while IFS= read -r line; do
    key=\${line%% = *}
    read_sysctl "$key"
    if [ "$have" != "\${wanted[$key]}" ]; then
      wrong+=("$key: wanted \${wanted[$key]}, got \${have:-nothing$(missing_module "$key")}")
    fi
  done < <(entries "$ROOT/etc/sysctl.d/zz-groundwork.conf")
  look_for_later_files
  if [ "\${#wrong[@]}" -gt 0 ]; then
    line=$(printf '%s; ' "\${wrong[@]}")
    fail "sysctl \${line%; }"
  fi
}

# A key that is not there belongs to a module that is not.
missing_module() {
  local module=
  case "$1" in
    net.netfilter.nf_conntrack_*) module=nf_conntrack ;;
    net.bridge.*) module=br_netfilter ;;
    net.ipv4.vs.*) module=ip_vs ;;
  esac
  printf '%s' "\${module:+, the module $module is not loaded}"
}

# What is read after our file wins at the next boot: names of sysctl.d that sort later. A name in an
# earlier folder hides those of later ones, also as a link to /dev/null. /etc/sysctl.conf wins only when
# somebody runs "sysctl --system" by hand, which is no reason to stop. Uses the caller's wanted and wrong.
look_for_later_files() {
  local LC_ALL=C file name line key value seen=' '
  for file in "$ROOT"/{etc,run,usr/local/lib,usr/lib}/sysctl.d/*.conf "$ROOT/etc/sysctl.conf"; do
    name=\${file##*/}
    if [[ $file == */sysctl.d/* ]]; then
      if [[ ! $name > zz-groundwork.conf || $seen == *" $name "* ]]; then
        continue
      fi
      if [ -e "$file" ] || [ -L "$file" ]; then
        seen+="$name "
      fi
    fi
    [ -f "$file" ] || continue
    while IFS= read -r line; do
      key=\${line%%=*}
      key=\${key//[[:space:]]/}
      key=\${key#-}
      key=\${key//\\//.}
      value=$(one_blank "\${line#*=}")
      if [ -n "\${wanted[$key]:-}" ] && [ "$value" != "\${wanted[$key]}" ]; then
        line="$key: wanted \${wanted[$key]}, \${file#"$ROOT"} says $value and is read after ours"
        if [ "$name" = sysctl.conf ] && [[ $file != */sysctl.d/* ]]; then
          say "WARNING sysctl $line by sysctl --system; take it out of there"
        else
          wrong+=("$line; take it out of there")
        fi
      fi
    done < <(entries "$file" | grep '=' || true)
  done
}

# Values of several numbers come with tabs between them: one space each, as in the file.
one_blank() {
  local words
  read -ra words <<< "$1"
  printf '%s' "\${words[*]}"
}
`;
