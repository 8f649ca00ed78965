import { countOf, recordOf } from '../json.ts'

/** `generationConfig.maxOutputTokens`, which bounds thoughts and answer together. */
export function outputLimit(body: unknown): number | undefined {
  return countOf(recordOf(recordOf(body).generationConfig).maxOutputTokens)
}
