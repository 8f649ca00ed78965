import { listOf, recordOf } from '../json.ts'
import { isVendorTool } from '../openai-compatible/stored-by.ts'

/**
 * Responses are stored unless told otherwise, and may point to what is stored: earlier responses, conversations, items,
 * files (https://platform.openai.com/docs/guides/your-data).
 */
export function storedBy(body: unknown): string | undefined {
  const fields = recordOf(body)
  if (fields.store !== false) return 'store is not off'
  if (fields.background === true) return 'background mode keeps the answer'
  if (fields.previous_response_id) return 'it goes on from a stored response'
  if (fields.conversation) return 'it belongs to a stored conversation'
  if (fields.prompt_cache_retention !== undefined && fields.prompt_cache_retention !== 'in_memory')
    return 'extended cache retention is on'
  if (listOf(fields.tools).some(isVendorTool)) return 'a tool runs at the vendor'
  if (listOf(fields.input).some(pointsToStored)) return 'the input refers to something that the vendor holds'
  return undefined
}

function pointsToStored(item: unknown): boolean {
  const { type, content } = recordOf(item)
  return type === 'item_reference' || listOf(content).some(part => recordOf(part).file_id !== undefined)
}
