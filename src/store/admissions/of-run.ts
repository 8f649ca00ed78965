/** The beginning of the ids of a run's calls and attempts, and of those of runs below it. */
export function beginningOf(runKey: string): string {
  return `${runKey}/`
}

/** Whether such an id is the run's own: a step follows the key there, and a name where a run below it asked. */
export function isOwn(id: string, runKey: string): boolean {
  return /^\d+\//.test(id.slice(beginningOf(runKey).length))
}
