/**
 * Task classes of a configuration, with their defaults and with models that exist.
 *
 * @module
 */
import { nearest } from '../../core/nearest.ts'
import { samplingOf } from '../../core/sampling.ts'
import type { TaskClass } from '../../core/task-class.ts'
import type { Inherited } from './class-inheritance.ts'
import { held } from './durations.ts'
import { type Problem, pathText } from './problem.ts'
import { looksSecret, quotedName } from './quoting.ts'
import { some } from './unknown-name.ts'
import type { YamlDocument } from './yaml-document.ts'

/** How long a call waits on the spot: longer than most per-minute limits need, shorter than a person waits in a chat. */
const PATIENCE_MS = 20_000

/** How long a call outlasts the outage of all its endpoints: most of a vendor's hiccups and of one's own network, and an end to both. */
const OUTLAST_MS = 300_000

/** An answer cut below this is seldom worth its prompt. */
const MIN_OUTPUT_TOKENS = 256

/** Of a class's calls, how many may be hedged. 5 of 100: those that wait longer than 95 of them do. */
const HEDGED_SHARE = 0.05

/** Which models exist, and where. */
export interface ModelIndex {
  /** Of every provider in the file, those included that are disabled: by name and by id on the wire, the names. */
  readonly names: ReadonlyMap<string, readonly string[]>
  /** Names that broken providers may serve: nothing can be said about them. */
  readonly uncertain: ReadonlySet<string>
  /** What all models of the catalogue are called. */
  readonly listed: () => Iterable<string>
  /** Providers of the catalogue that serve a model and are not in the file. */
  readonly servedElsewhere: (model: string) => readonly string[]
}

export function resolveClass(
  name: string,
  shape: Inherited,
  index: ModelIndex,
  document: YamlDocument,
): { taskClass: TaskClass; problems: readonly Problem[] } {
  const { models, needs, sort, secondsWorth, maxOutputTokens, reasoning, providerOptions } = shape
  const minOutputTokens = shape.minOutputTokens ?? Math.min(MIN_OUTPUT_TOKENS, maxOutputTokens ?? MIN_OUTPUT_TOKENS)
  const taskClass: TaskClass = {
    name,
    ...(models ? placed(models, index) : {}),
    needs: needs ?? {},
    ...(sort === undefined ? {} : { sort }),
    ...(secondsWorth === undefined ? {} : { secondsWorth }),
    // What must wait longer becomes a durable timer.
    patienceMs: held(shape.patience ?? PATIENCE_MS),
    outlastMs: shape.outlast ?? OUTLAST_MS,
    // A key that is wrong stays so until somebody changes it: who has not asked for it is not kept waiting.
    ...(shape.outlast && { outlastKeysMs: shape.outlast }),
    ...(shape.priority === undefined ? {} : { priority: shape.priority }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    minOutputTokens,
    ...samplingOf(shape),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(Object.keys(providerOptions ?? {}).length === 0 ? {} : { providerOptions: providerOptions! }),
    policy: shape.policy ?? {},
    ...hedgeOf(shape.hedge),
    ...(shape.escalateTo === undefined ? {} : { escalateTo: shape.escalateTo }),
    onRefusal: shape.onRefusal ?? 'abandon',
    ...(shape.onBudget !== undefined && { onBudget: shape.onBudget }),
    ...(shape.rules && { rules: shape.rules }),
    ...(shape.split && { split: shape.split }),
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
    for (const name of [listed].flat())
      for (const model of index.names.get(name) ?? [name]) if (!places.has(model)) places.set(model, place)
  const equals = models.some(listed => Array.isArray(listed))
  return { models: [...places.keys()], ...(equals && { places: [...places.values()] }) }
}

function outputProblems({ name, minOutputTokens, maxOutputTokens }: TaskClass, document: YamlDocument): Problem[] {
  if (maxOutputTokens === undefined || minOutputTokens <= maxOutputTokens) return []
  const path = ['classes', name, 'minOutputTokens']
  const message = 'the least output is above the most'
  const found = `minOutputTokens ${minOutputTokens}, maxOutputTokens ${maxOutputTokens}`
  return [{ path: pathText(path), message, found, allowed: `at most ${maxOutputTokens}`, ...document.place(path) }]
}

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
      return [{ path: pathText(path), message: 'this model occurs twice in the list', ...document.place(path) }]
    if (index.names.has(model) || index.uncertain.has(model)) return []
    return [{ path: pathText(path), ...unknownModel(model, index), ...document.place(path) }]
  })
}

function unknownModel(model: string, index: ModelIndex): Omit<Problem, 'path'> {
  const elsewhere = index.servedElsewhere(model)
  const message = 'no configured provider serves this model'
  if (elsewhere.length > 0)
    return { message, found: quotedName(model), allowed: `it with one of these providers: ${some(elsewhere, 6)}` }
  const suggestion = nearest(model, [...index.names.keys(), ...index.uncertain]) ?? nearListed(model, index)
  return {
    message,
    found:
      suggestion === undefined && !model.includes('/') ? `a text of ${model.length} characters` : quotedName(model),
    allowed: 'a model of a provider in this file; `signalbox models` lists all that are known',
    ...(suggestion === undefined ? {} : { suggestion }),
  }
}

/** Of a model whose provider is not in the file yet. */
function nearListed(model: string, { listed }: ModelIndex): string | undefined {
  return model.includes('/') && !looksSecret(model) ? nearest(model, listed()) : undefined
}
