/**
 * The key of the run that began a lineage: what stands before the step and the marks of lineages that left it. A key of a run
 * below another has slashes of its own.
 */
export function ownerOf(lineage: string): string {
  return lineage.replace(/(\/\d+)?(~[0-9a-f]+)*$/, '')
}
