import type { RawBuilder } from 'kysely'
import type { RunEventBody } from '../../core/events.ts'
import type { Dialect } from '../work.ts'

/** Whether an event's body begins as those of some kinds do. None that is sealed does. */
export function isOfKinds(
  { beginsWithAny }: Pick<Dialect, 'beginsWithAny'>,
  kinds: readonly RunEventBody['kind'][],
): RawBuilder<boolean> {
  return beginsWithAny(
    'body',
    kinds.map(kind => JSON.stringify({ kind }).slice(0, -1)),
  )
}
