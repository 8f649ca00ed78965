/**
 * A run as the messages of a chat.
 *
 * @module
 */
import type { RunEvent } from '../../core/events.ts'
import type { UiMessage } from '../../core/ui-messages/message.ts'
import { advanceTurn, beginTurn, cutTurn, type Turn, turnNow } from '../../core/ui-messages/turn.ts'
import { partsOfSaid } from './said-parts.ts'
import { createAnswers, type WholeRun, wholeOf } from './whole-of-event.ts'

/** @param events - All of the run's so far. */
export async function uiMessagesOf(
  run: WholeRun & { readonly id: string },
  events: readonly RunEvent[],
): Promise<UiMessage[]> {
  const parts = await partsOfSaid(run, events)
  const answers = createAnswers(run)
  const messages: UiMessage[] = []
  let turn = beginTurn(run.id)
  for (const event of events) {
    if (event.kind === 'said') {
      messages.push(...shown(turn, cutTurn(turn)), { id: event.id, role: 'user', parts: parts.get(event.offset)! })
      turn = beginTurn(run.id, event)
    } else if (!turn.isOver) turn = advanceTurn(turn, event, await wholeOf({ run, answers }, turn.state, event))
    if (event.kind === 'run-reset') answers.forget()
  }
  return [...messages, ...shown(turn, turnNow(turn))]
}

/** What was said has an answer, even while nothing is in it; before anything was said there mostly is nothing to show. */
function shown({ said }: Turn, message: UiMessage): readonly UiMessage[] {
  return said || message.parts.length > 0 || message.metadata?.message !== undefined ? [message] : []
}
