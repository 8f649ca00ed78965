/** The key of the run that began a lineage: what stands before the step, or before the mark of a fork. */
export function ownerOf(lineage: string): string {
  return lineage.split(/[/~]/, 1)[0]!
}
