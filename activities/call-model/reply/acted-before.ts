/**
 * What a fork does not do again unasked: what a tool that runs at most once did in the run that it was forked from.
 *
 * @module
 */
import type { RunRef, ToolCallRef } from '../../../src/core/protocol.ts'
import type { CallModelPorts } from '../ports.ts'

/** Has a person asked about such calls, without a deadline that would approve them. */
export async function askingAgain(
  { registry, toolRecords }: Pick<CallModelPorts, 'registry' | 'toolRecords'>,
  run: RunRef,
  calls: readonly ToolCallRef[],
): Promise<readonly ToolCallRef[]> {
  const isOnce = ({ toolName, unoffered }: ToolCallRef) => !unoffered && registry.tool(toolName)?.idempotent === false
  if (!calls.some(isOnce)) return calls
  const acted = await toolRecords.actedBefore(run.key)
  return calls.map(call => {
    const actedIn = isOnce(call) ? acted.get(call.toolName) : undefined
    if (actedIn === undefined) return call
    const { deadline, ...rest } = call
    return { ...rest, needsApproval: true, actedIn, ...(deadline?.otherwise === 'deny' && { deadline }) }
  })
}
