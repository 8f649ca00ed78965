/**
 * What else is wrong with a provider whose shape is: whoever mends that need not come back for its models.
 *
 * @module
 */
import { isRecord } from '../../../core/json/is-record.ts'
import { type ModelShape, modelShape } from '../shape/shape.ts'
import type { Problem } from '../text/problem.ts'
import { valueAt } from '../text/value-at.ts'
import type { ProviderSource } from './provider-source.ts'
import { isModelName, resolveEndpoints } from './resolve-endpoints.ts'

/** @param written - The provider, with the variables filled in. */
export function problemsBeside(written: unknown, source: Omit<ProviderSource, 'shape'>): readonly Problem[] {
  const models = readable(valueAt(written, ['models']))
  return resolveEndpoints({ ...source, shape: { models }, protocol: 'openai-compatible' }).problems
}

/** The models whose own shape is right. Of the others the name can be told. */
function readable(models: unknown): Readonly<Record<string, ModelShape>> {
  const entries = isRecord(models) ? Object.entries(models) : []
  return Object.fromEntries(
    entries.flatMap(([name, model]): [string, ModelShape][] => {
      const shaped = modelShape.safeParse(model ?? {})
      if (shaped.success) return [[name, shaped.data]]
      return isModelName(name) ? [] : [[name, {}]]
    }),
  )
}
