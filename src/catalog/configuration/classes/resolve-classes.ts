/**
 * Task classes of a configuration, with their defaults and with models that exist.
 *
 * @module
 */
import { definedOnly } from '../../../core/defined-only.ts'
import { samplingOf } from '../../../core/settings/sampling.ts'
import type { TaskClass } from '../../../core/task-class.ts'
import type { ModelIndex } from '../providers/model-index.ts'
import { held } from '../shape/durations.ts'
import { type Problem, pathText } from '../text/problem.ts'
import type { YamlDocument } from '../text/yaml-document.ts'
import type { Inherited } from './class-inheritance.ts'

/** How long a call waits on the spot: longer than most per-minute limits need, shorter than a person waits in a chat. */
const PATIENCE_MS = 20_000

/** How long a call outlasts the outage of all its endpoints: most of a vendor's hiccups and of one's own network, and an end to both. */
const OUTLAST_MS = 300_000

/** An answer cut below this is seldom worth its prompt. */
const MIN_OUTPUT_TOKENS = 256

/** The share of a class's calls that may be hedged: those that wait longer than 95 of 100 do. */
const HEDGED_SHARE = 0.05

export function resolveClass(
  name: string,
  shape: Inherited,
  index: ModelIndex,
  document: YamlDocument,
): { taskClass: TaskClass; problems: readonly Problem[] } {
  const { models, needs, sort, secondsWorth, maxOutputTokens, reasoning, providerOptions = {} } = shape
  const minOutputTokens = shape.minOutputTokens ?? Math.min(MIN_OUTPUT_TOKENS, maxOutputTokens ?? MIN_OUTPUT_TOKENS)
  const taskClass: TaskClass = {
    name,
    ...(models ? placed(models, index) : {}),
    needs: needs ?? {},
    ...definedOnly({ sort, secondsWorth }),
    // What must wait longer becomes a durable timer.
    patienceMs: held(shape.patience ?? PATIENCE_MS),
    outlastMs: shape.outlast ?? OUTLAST_MS,
    // A key that is wrong stays so until somebody changes it: who has not asked for it is not kept waiting.
    ...(shape.outlast && { outlastKeysMs: shape.outlast }),
    ...(shape.batch && { batchMs: shape.batch }),
    ...definedOnly({ priority: shape.priority, maxOutputTokens }),
    minOutputTokens,
    ...samplingOf(shape),
    ...definedOnly({ reasoning }),
    ...(Object.keys(providerOptions).length > 0 && { providerOptions }),
    policy: shape.policy ?? {},
    ...hedgeOf(shape.hedge),
    ...definedOnly({ escalateTo: shape.escalateTo }),
    onRefusal: shape.onRefusal ?? 'abandon',
    ...definedOnly({ onBudget: shape.onBudget, rules: shape.rules, split: shape.split }),
  }
  return { taskClass, problems: outputProblems(taskClass, document) }
}

function hedgeOf(shape: Inherited['hedge']): Pick<TaskClass, 'hedge'> {
  if (!shape || shape.after === 'never') return {}
  const after = typeof shape.after === 'number' ? held(shape.after) : shape.after
  return { hedge: { after, share: shape.share ?? HEDGED_SHARE } }
}

/** The models that a class lists, each once, and where some are listed as equals the place of each. */
function placed(models: NonNullable<Inherited['models']>, index: ModelIndex): Pick<TaskClass, 'models' | 'places'> {
  const places = new Map<string, number>()
  for (const [place, listed] of models.entries())
    for (const model of [listed].flat().flatMap(name => index.names.get(name) ?? [name]))
      if (!places.has(model)) places.set(model, place)
  const equals = models.some(listed => Array.isArray(listed))
  return { models: [...places.keys()], ...(equals && { places: [...places.values()] }) }
}

function outputProblems({ name, minOutputTokens, maxOutputTokens }: TaskClass, document: YamlDocument): Problem[] {
  if (maxOutputTokens === undefined || minOutputTokens <= maxOutputTokens) return []
  const path = ['classes', name, 'minOutputTokens']
  const message = 'minOutputTokens is above maxOutputTokens'
  const found = `minOutputTokens ${minOutputTokens}, maxOutputTokens ${maxOutputTokens}`
  return [{ path: pathText(path), message, found, allowed: `at most ${maxOutputTokens}`, ...document.place(path) }]
}
