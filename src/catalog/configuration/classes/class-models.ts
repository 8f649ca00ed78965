/**
 * Models of classes that nobody serves, or that are listed twice.
 *
 * @module
 */
import { nearest } from '../../../core/words/nearest.ts'
import { some } from '../../../core/words/some.ts'
import type { ModelIndex } from '../providers/model-index.ts'
import { type Problem, pathText } from '../text/problem.ts'
import { looksSecret, quotedName } from '../text/quoting.ts'
import type { YamlDocument } from '../text/yaml-document.ts'

/** Models that a class itself lists (not its parents, which are told for themselves) and that nobody serves. */
export function modelProblems(
  name: string,
  models: readonly unknown[],
  index: ModelIndex,
  document: YamlDocument,
): readonly Problem[] {
  const flat = models.flatMap((listed, at) =>
    Array.isArray(listed)
      ? listed.map((model: unknown, within) => ({ model, at: [at, within] }))
      : { model: listed, at: [at] },
  )
  return flat.flatMap(({ model, at }, position): readonly Problem[] => {
    if (typeof model !== 'string' || model === '') return []
    const path = ['classes', name, 'models', ...at]
    if (flat.findIndex(other => other.model === model) < position)
      return [{ path: pathText(path), message: 'this model is listed twice', ...document.place(path) }]
    if (index.names.has(model) || index.uncertain.has(model)) return []
    return [{ path: pathText(path), ...unknownModel(model, index), ...document.place(path) }]
  })
}

function unknownModel(model: string, index: ModelIndex): Omit<Problem, 'path'> {
  const elsewhere = index.servedElsewhere(model)
  const message = 'no configured provider serves this model'
  if (elsewhere.length > 0)
    return {
      message,
      found: quotedName(model),
      allowed: `this model with one of these providers: ${some(elsewhere, 6)}`,
    }
  const suggestion = nearest(model, [...index.names.keys(), ...index.uncertain]) ?? nearListed(model, index)
  return {
    message,
    found:
      suggestion === undefined && !model.includes('/') ? `a text of ${model.length} characters` : quotedName(model),
    allowed: 'a model of a provider in this file; `signalbox models` lists all known models',
    ...(suggestion === undefined ? {} : { suggestion }),
  }
}

/** The nearest model of the catalogue, whose provider may not be in the file yet. */
function nearListed(model: string, { listed }: ModelIndex): string | undefined {
  return model.includes('/') && !looksSecret(model) ? nearest(model, listed()) : undefined
}
