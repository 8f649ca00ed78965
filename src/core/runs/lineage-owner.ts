/**
 * The key of the run that began a lineage: everything in its name before the step and what follows. The keys of runs below another have
 * slashes too.
 */
export function ownerOf(lineage: string): string {
  return lineage.replace(/(\/\d+)?(~[0-9a-f]+)*$/, '')
}
