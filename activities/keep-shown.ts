/**
 * What a tool's result shows, in a form that the workflow which called the tool can pass on.
 *
 * @module
 */
import { Context } from '@temporalio/activity'
import type { Message } from '../src/core/messages.ts'
import type { TextPort, TokenPort } from '../src/core/ports.ts'
import { PREVIEW_BYTES, type ToolResultRef } from '../src/core/protocol.ts'
import { isToolContent } from '../src/core/tools/tool-content.ts'
import { type Keeper, keepPart } from './keep-part.ts'

export interface KeepShownPorts {
  readonly texts: Pick<TextPort, 'keep'>
  readonly tokens: Pick<TokenPort, 'estimate'>
  readonly now: () => number
}

/** The reference with its parts, where the result shows any. The same however often it is tried. */
export async function withParts(
  { texts, tokens, now }: KeepShownPorts,
  result: unknown,
  reference: ToolResultRef,
): Promise<ToolResultRef> {
  if (reference.isError || !isToolContent(result)) return reference
  const { workflowNamespace: namespace, workflowExecution } = Context.current().info
  const place = { namespace, workflowId: workflowExecution!.workflowId }
  const keeper: Keeper = {
    keep: text => texts.keep(place, text, now()),
    tokensOf: file => tokens.estimate([{ role: 'user', content: [file] } as Message], []),
  }
  return { ...reference, parts: await Promise.all(result.value.map(part => keepPart(keeper, part, PREVIEW_BYTES))) }
}
