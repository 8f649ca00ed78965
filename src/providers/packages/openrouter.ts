import type { CallPiece } from '../dialect.ts'
import { countOf, listOf, recordOf, textOf } from '../json.ts'
import { openaiCompatible } from '../openai-compatible/dialect.ts'
import type { PackageDialect } from './dialect.ts'

/** OpenRouter's own package, which puts no arguments in the place of those that it cannot parse: a tool would run without. */
export const openrouter: PackageDialect = { ...openaiCompatible, callsIn }

function callsIn(chunk: unknown): readonly CallPiece[] {
  const { delta } = recordOf(listOf(recordOf(chunk).choices)[0])
  return listOf(recordOf(delta).tool_calls)
    .map(recordOf)
    .map(({ index, id, function: called }, at) => ({
      place: countOf(index) ?? at,
      id: textOf(id),
      text: textOf(recordOf(called).arguments) ?? '',
    }))
}
