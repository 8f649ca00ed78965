/**
 * What a tool shows, as a workflow that has asked for it passes it on: the store has what is long, and history refers to it.
 *
 * @module
 */
import { Context } from '@temporalio/activity'
import type { Message } from '../src/core/messages.ts'
import { bytesOfBase64, type FilePart, fileInWords, type Part } from '../src/core/parts.ts'
import type { TextPort, TokenPort } from '../src/core/ports.ts'
import { PREVIEW_BYTES, type ToolResultRef } from '../src/core/protocol.ts'
import type { WorkflowPlace } from '../src/core/sealing.ts'
import { isToolContent, type ToolContent } from '../src/core/tool-content.ts'
import { previewOf } from './preview.ts'

export interface KeepShownPorts {
  readonly texts: Pick<TextPort, 'keep'>
  readonly tokens: Pick<TokenPort, 'estimate'>
  readonly now: () => number
}

/** The reference with its parts, where the result shows any. The same however often it is tried. */
export async function withParts(
  ports: KeepShownPorts,
  result: unknown,
  reference: ToolResultRef,
): Promise<ToolResultRef> {
  if (reference.isError || !isToolContent(result)) return reference
  const { workflowNamespace: namespace, workflowExecution } = Context.current().info
  const place = { namespace, workflowId: workflowExecution!.workflowId }
  return { ...reference, parts: await Promise.all(result.value.map(part => keepPart(ports, place, part))) }
}

async function keepPart(
  ports: KeepShownPorts,
  place: WorkflowPlace,
  part: ToolContent['value'][number],
): Promise<Part> {
  if (part.type === 'file') return keepFile(ports, place, part)
  const { bytes, text: preview } = previewOf(part.text)
  if (bytes <= PREVIEW_BYTES) return part
  return {
    type: 'stored-text',
    text: { digest: await ports.texts.keep(place, part.text, ports.now()), bytes, preview },
  }
}

async function keepFile({ texts, tokens, now }: KeepShownPorts, place: WorkflowPlace, part: FilePart): Promise<Part> {
  const { data } = part
  if (data.type !== 'data' || data.data.length <= PREVIEW_BYTES) return part
  const digest = await texts.keep(place, data.data, now())
  const shown = { role: 'user', content: [part] } as Message
  const likely = tokens.estimate([shown], [])
  const stored = {
    type: 'stored',
    digest,
    bytes: bytesOfBase64(data.data),
    tokens: likely,
    preview: fileInWords(part),
  } as const
  return { ...part, data: stored }
}
