import type { AppliedObject } from './apply-phase';

/** The part of apply.sh that lists what was rendered once and is still applied. It changes nothing. */
export function orphansBlock(selector: string, objects: readonly AppliedObject[]): string {
  const rendered = objects.flatMap(identities).sort();
  return `# Objects carry our labels; what has them and is not in this list was rendered once.
if [ "$list_orphans" = true ]; then
  rendered=$(cat <<'LIST'
${rendered.join('\n')}
LIST
  )
  resources=$(kubectl api-resources --verbs=list -o name | sort) || die 'the kinds of this cluster cannot be listed'
  applied=
  unlisted=
  for resource in $resources; do
    if found=$(kubectl get "$resource" --all-namespaces --ignore-not-found -l '${selector}' \\
      -o 'jsonpath={range .items[*]}{.apiVersion}|{.kind}|{.metadata.namespace}|{.metadata.name}|{.metadata.ownerReferences[0].kind}{"\\n"}{end}'); then
      applied+=$found$'\\n'
    else
      unlisted+=" $resource"
    fi
  done
  # What a controller made from our objects (it has an owner), and the Endpoints of our Services,
  # carry our labels too. A Node is the kubelet's, whatever we wrote on it: nobody may delete it for
  # that. grep answers 1 when nothing is left.
  orphans=$(printf '%s' "$applied" | sort -u |
    awk -F'|' 'NF > 1 && $5 == "" && $2 != "Endpoints" && $2 != "Node" { group = $1; if (!sub("/.*", "", group)) group = ""; print group, $2, $3 "/" $4 }' |
    grep -vxF "$rendered") || [ "$?" -eq 1 ] || die 'the lists cannot be compared'
  [ -z "$orphans" ] || printf '%s\\n' "$orphans"
  [ -z "$unlisted" ] || die "incomplete, these could not be listed:$unlisted"
  [ -n "$orphans" ] || say 'no orphans'
  exit 0
fi`;
}

/**
 * Group, kind and place; the version is left out, because the server may answer in another one.
 * What Calico stores in its own group it serves a second time under the shorter name.
 */
function identities(object: AppliedObject): string[] {
  const group = object.apiVersion.includes('/') ? object.apiVersion.split('/')[0]! : '';
  const groups = group === 'crd.projectcalico.org' ? [group, 'projectcalico.org'] : [group];
  const { name, namespace = '' } = object.metadata;
  // One kind has another name where it is served.
  const served = object.kind === 'IPAMConfig' ? 'IPAMConfiguration' : object.kind;
  return groups.map(
    (each) => `${each} ${each === group ? object.kind : served} ${namespace}/${name}`,
  );
}
