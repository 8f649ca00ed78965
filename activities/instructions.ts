/**
 * The system message of an agent in a run.
 *
 * @module
 */
import type { Agent, InstructionsContext, InstructionsFor } from '../src/core/ports.ts'
import type { AgentPlan, OpenRunInput } from '../src/core/protocol.ts'

/** The agent with its text, or the sentence about why there is none. */
export interface Instructed {
  readonly plan?: AgentPlan
  readonly problem?: string
}

/** An error of its function ends the run: the mistake would be there at every try. */
export function instructed({ instructions, ...agent }: Agent, input: OpenRunInput, atMs: number): Instructed {
  if (typeof instructions === 'string') return { plan: { ...agent, instructions } }
  if (!isToBeMade(input)) return { plan: { ...agent, instructions: '' } }
  const { id: runId, workspace, labels } = input.run
  const made = madeBy(instructions, { runId, workspace, labels, atMs })
  if ('text' in made) return { plan: { ...agent, instructions: made.text } }
  return { problem: `agent '${agent.name}' has no instructions for run ${runId}: its function ${made.problem}` }
}

/** A later part goes on from a transcript that has them, and so does a fork. */
function isToBeMade({ agent, workflow, begins, terms }: OpenRunInput): boolean {
  return agent !== workflow || (begins === true && terms.forkedFrom === undefined)
}

type Made = { readonly text: string } | { readonly problem: string }

function madeBy(make: InstructionsFor, context: InstructionsContext): Made {
  try {
    const text: unknown = make(context)
    // Vendors refuse an empty one.
    if (typeof text === 'string' && text.trim() !== '') return { text }
    if (text instanceof Promise) return { problem: 'gave a promise, but has to answer synchronously' }
    return {
      problem:
        typeof text === 'string' ? 'gave an empty text' : `gave a value of type ${typeof text} instead of a text`,
    }
  } catch (error) {
    return { problem: `threw ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}` }
  }
}
