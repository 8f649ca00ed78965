/**
 * What Temporal's core says of a workflow whose code is no longer what its history comes from.
 *
 * @module
 */

/** Of some events it shows the id and the type alone, of others every field: pages of them, with what a run was given and has said. */
const WHOLE_EVENT = /HistoryEvent \{ event_id: (\d+),.*? event_type: (\w+),.*\}/s

/** `… does not handle this event: HistoryEvent(id: 12, ActivityTaskScheduled)`. Other words are given back as they are. */
function withoutEventFields(words: string): string {
  return words.replace(WHOLE_EVENT, 'HistoryEvent(id: $1, $2)')
}

/** What has happened to the run of that workflow, and what to do, for people: without a full stop. */
export function changedCodeWords(words: string): string {
  return `its workflow's code has changed since the run got this far: ${withoutEventFields(words)}. Serve it with the earlier code, or guard the change with \`patched()\``
}

const MESSAGE = /^Failure \{ failure: Some\(Failure \{ message: ("(?:[^"\\]|\\.)*")/s

/** The same out of the failure that the core logs, as it stands there; `undefined` where it is another failure. */
export function changedWords(failure: unknown): string | undefined {
  const text = String(failure)
  const message = MESSAGE.exec(text)?.[1]
  if (message === undefined || !text.includes('force_cause: NonDeterministicError')) return undefined
  return withoutEventFields(message.slice(1, -1).replaceAll(/\\(.)/g, '$1'))
}
