import { listOf, recordOf } from '../json.ts'

/**
 * What makes OpenAI keep a chat completion or what belongs to it: storing, extended cache retention, files, tools that
 * the vendor runs (https://platform.openai.com/docs/guides/your-data).
 */
export function chatStoredBy(body: unknown): string | undefined {
  const fields = recordOf(body)
  if (fields.store === true) return 'store is on'
  if (fields.background === true) return 'background mode keeps the answer'
  if (fields.prompt_cache_retention !== undefined && fields.prompt_cache_retention !== 'in_memory')
    return 'extended cache retention is on'
  if (listOf(fields.tools).some(isVendorTool)) return 'a tool runs at the vendor'
  if (listOf(fields.messages).some(holdsFileId)) return 'a message refers to a file that the vendor holds'
  return undefined
}

export function isVendorTool(tool: unknown): boolean {
  const { type } = recordOf(tool)
  return type !== 'function' && type !== 'custom'
}

function holdsFileId(message: unknown): boolean {
  return listOf(recordOf(message).content).some(part => recordOf(recordOf(part).file).file_id !== undefined)
}
