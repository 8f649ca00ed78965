/**
 * Which tools an answer has to call.
 *
 * @module
 */
import type { ToolChoice } from '../protocol.ts'

/** The choice in words for the model, if its endpoint does not support the choice or has ignored it. */
export function choiceWords(toolChoice: ToolChoice): string {
  if (toolChoice === 'none') return 'Answer now, in words alone: call no tool in this answer.'
  const what = toolChoice === 'required' ? 'one of your tools' : `the tool ${toolChoice}`
  return `Call ${what} in this answer, before you say anything else.`
}

/** What is wrong with a tool choice, to follow the name of whoever makes it; `undefined` if nothing is. */
export function choiceProblem(toolChoice: ToolChoice, offered: readonly string[]): string | undefined {
  if (toolChoice === 'none' || offered.includes(toolChoice)) return undefined
  if (toolChoice === 'required') return offered.length > 0 ? undefined : "has toolChoice 'required' and no tools"
  const known = offered.length > 0 ? `which are: ${offered.join(', ')}` : 'of which it has none'
  return `has toolChoice '${toolChoice}', which is not one of its tools and agents, ${known}`
}
