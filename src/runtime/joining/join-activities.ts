/**
 * Joins a user's activities with ours, since a worker knows each by its name alone.
 *
 * @module
 */
import { namesRun } from '../../core/runs/names-run.ts'

type Activity = (...asked: readonly unknown[]) => unknown

/**
 * The activities of both. Where they share a name, the input says whose is meant: ours are asked for a run. Theirs can be neither
 * replaced nor renamed, for open runs may ask for them.
 */
export function joinActivities(theirs: object, ours: object): object {
  const shared = Object.entries(ours).flatMap(([name, our]: [string, Activity]) => {
    const their = (theirs as Readonly<Record<string, Activity | undefined>>)[name]
    return their ? [[name, either(our, their)]] : []
  })
  return { ...theirs, ...ours, ...Object.fromEntries(shared) }
}

function either(ours: Activity, theirs: Activity): Activity {
  return (...asked) => (namesRun(asked[0]) ? ours : theirs)(...asked)
}
