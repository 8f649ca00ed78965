/**
 * One tool call of a run.
 *
 * @module
 */
import { addToolCall, addToolPrice } from '../../../src/core/agent/totals.ts'
import { definedOnly } from '../../../src/core/defined-only.ts'
import type { JsonValue } from '../../../src/core/messages.ts'
import type { RunToolInput, ToolCallRef, ToolResultRef } from '../../../src/core/protocol.ts'
import { ownToolCallId } from '../../../src/core/tools/own-tool.ts'
import { longActivities } from '../activities.ts'
import type { Book } from '../book/book.ts'
import { withToolPrice } from '../book/rows.ts'
import type { RunAtWork } from '../inbox/at-work.ts'
import { cutVerb, interruption, withinTime } from '../lifetime/limits.ts'
import { opening } from '../lifetime/opening.ts'
import { publish, showDetails } from '../shown/publish.ts'
import { askRemote } from './ask-remote.ts'

/** A tool that a model asked for: its input lies in the journal of the call. */
export function toolOfCall(book: Book, step: number, callId: string, call: ToolCallRef): RunToolInput {
  const { toolCallId, toolName, inputPreview, unoffered } = call
  return definedOnly({ run: book.ref, step, toolCallId, toolName, callId, inputPreview, unoffered })
}

/** A tool that the workflow asks for itself. */
export function toolOfWorkflow(
  book: Book,
  toolName: string,
  input: JsonValue,
  historyBytes: number | undefined,
): RunToolInput {
  book.ownTools += 1
  const toolCallId = ownToolCallId(book.ownTools)
  return definedOnly({ run: book.ref, step: book.step, toolCallId, toolName, input, historyBytes })
}

/** A model may call a tool that nobody has offered it by any text, also by a piece of what it was told. */
function nameShown({ toolName, unoffered }: RunToolInput): string {
  return unoffered === undefined ? toolName : 'a tool that was not offered'
}

/** Runs a tool, and resolves with what `give` makes of its result. A failure is a result too. Makes few promises, as `askModel` does. */
export function askTool<Given>(
  run: RunAtWork,
  input: RunToolInput,
  give: (result: ToolResultRef) => Given,
): Promise<Given> {
  const { book } = run
  const name = nameShown(input)
  const summary = `${name} · step ${input.step}`
  const count = (result: ToolResultRef) => {
    book.toolsAtWork.delete(input)
    book.totals = addToolCall(book.totals)
    publish(book)
    return give(result)
  }
  book.toolsAtWork.set(input, name)
  showDetails(book)
  const runTool = () =>
    withinTime(book, () => longActivities().runTool.executeWithOptions({ summary }, [input])).then(
      outcome => {
        book.totals = addToolPrice(book.totals, outcome.pricePico)
        book.rows = withToolPrice(book.rows, input, outcome.pricePico)
        if (outcome.kind === 'cancelled') throw interruption(run)
        return outcome.kind === 'done' ? count(outcome.result) : askRemote(run, input, outcome).then(count)
      },
      error => {
        throw cutVerb(error)
      },
    )
  const asking = book.isOpen ? runTool() : opening(book).then(runTool)
  // Beside it: one more promise in its way would move what open runs have scheduled behind it.
  asking.catch(() => book.toolsAtWork.delete(input))
  return asking
}
