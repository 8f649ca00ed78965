/**
 * What Temporal's core says of a workflow whose code is no longer what its history comes from.
 *
 * @module
 */

/** The core prints some events with all their fields: pages, with what the run was given and has said. */
const WHOLE_EVENT = /HistoryEvent \{ event_id: (\d+),.*? event_type: (\w+),.*\}/s

/** `… does not handle this event: HistoryEvent(id: 12, ActivityTaskScheduled)`. Other words are given back as they are. */
function withoutEventFields(words: string): string {
  return words.replace(WHOLE_EVENT, 'HistoryEvent(id: $1, $2)')
}

/** A history has a marker for which the code did not ask: it asked when the history was written. */
const MARKER = /patch marker encountered for change (\S+), but there is no corresponding change command/

/** What has happened to the run of that workflow, and what to do, for people: without a full stop. */
export function changedCodeWords(words: string): string {
  const [, marker] = MARKER.exec(words) ?? []
  if (marker !== undefined) return markerWords(marker)
  return `its workflow's code has changed since the run got this far: ${withoutEventFields(words)}. Serve it with the earlier code, or guard the change with \`patched()\``
}

/** After going back to older code, or while old and new workers serve the same runs. Ours begin with our name. */
function markerWords(marker: string): string {
  if (marker.startsWith('signalbox.'))
    return `a newer version of Signalbox has served it, and its history has that version's marker \`${marker}\`. Serve it with the newer version`
  return `its history has the marker \`${marker}\` of \`patched()\`, for which its workflow's code does not ask: newer code has served it, or the code has stopped asking too early. Serve it with code that asks`
}

const MESSAGE = /^Failure \{ failure: Some\(Failure \{ message: ("(?:[^"\\]|\\.)*")/s

/** The same words from the failure that the core logs; `undefined` for another failure. */
export function changedWords(failure: unknown): string | undefined {
  const text = String(failure)
  const message = MESSAGE.exec(text)?.[1]
  if (message === undefined || !text.includes('force_cause: NonDeterministicError')) return undefined
  return withoutEventFields(message.slice(1, -1).replaceAll(/\\(.)/g, '$1'))
}
