import { listOf, recordOf } from '../json.ts'

/** What makes Google keep something: explicit caches, files, tools that it runs itself. */
export function storedBy(body: unknown): string | undefined {
  const fields = recordOf(body)
  if (fields.cachedContent !== undefined) return 'explicit cached content is kept by the vendor'
  if (listOf(fields.tools).some(isVendorTool)) return 'a tool runs at the vendor'
  const held = listOf(fields.contents).some(content => listOf(recordOf(content).parts).some(isHeldFile))
  return held ? 'a message refers to a file that the vendor holds' : undefined
}

function isVendorTool(tool: unknown): boolean {
  return Object.keys(recordOf(tool)).some(kind => kind !== 'functionDeclarations')
}

function isHeldFile(part: unknown): boolean {
  return String(recordOf(recordOf(part).fileData).fileUri ?? '').includes('/files/')
}
