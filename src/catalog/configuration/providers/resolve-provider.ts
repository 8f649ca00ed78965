/**
 * One provider of a configuration: how to reach it, and what it serves.
 *
 * @module
 */
import { definedOnly } from '../../../core/defined-only.ts'
import type { Deadlines, ProviderSettings } from '../../../core/endpoints.ts'
import { nearest } from '../../../core/words/nearest.ts'
import type { Catalogue, KnownProvider } from '../../catalogue.ts'
import { isForeign, isOwnFormat, knowsAddress, packageOf } from '../../protocols.ts'
import type { ProviderShape } from '../shape/shape.ts'
import type { Problem } from '../text/problem.ts'
import { quotedName } from '../text/quoting.ts'
import { type Environment, gapWords, substitute } from '../variables/variables.ts'
import { contradictedRegions } from './declared-region.ts'
import { likeProblems } from './like.ts'
import { expressKey, keyOf } from './provider-key.ts'
import { noteOf } from './provider-note.ts'
import type { ProviderSource } from './provider-source.ts'
import { type Offer, resolveEndpoints } from './resolve-endpoints.ts'
import { uncarriedProblems } from './uncarried.ts'

/** A provider and its endpoints. With `disabled` nobody can use it now, and the reason says why. */
export interface ResolvedProvider {
  readonly settings: ProviderSettings
  readonly offers: readonly Offer[]
  readonly disabled?: string
  /** What is worth knowing of how it is asked. */
  readonly note?: string
}

/** 5 min of either where a model works and shows nothing of it: as long as Codex and Claude Code wait. */
const SILENT_MS = 300_000

export function resolveProvider(source: ProviderSource): {
  provider?: ResolvedProvider
  problems: readonly Problem[]
} {
  const { vendor, shape, catalogue } = source
  const unlike = likeProblems(source)
  if (unlike.length > 0) return { problems: unlike }
  const known = catalogue.provider(vendor)
  const gaps = known ? gapsOfKnown(source, known) : gapsOf(source)
  if (gaps.length > 0) return { problems: gaps }
  const protocol = shape.protocol ?? known!.protocol
  const { offers, problems } = resolveEndpoints({ ...source, protocol })
  const { settings, disabled } = settingsOf(source, known)
  return {
    provider: { settings, offers, ...definedOnly({ disabled, note: noteOf(source, settings, offers) }) },
    problems: [
      ...problems,
      ...uncarriedProblems(source, settings),
      ...(disabled === undefined && !source.asksNobody ? contradictedRegions(source) : []),
    ],
  }
}

function gapsOf({ name, shape, catalogue, problem }: ProviderSource): readonly Problem[] {
  if (shape.protocol === undefined) return [unknownProvider(name, catalogue, problem)]
  const gaps: Problem[] = []
  if (shape.protocol === 'openai-compatible' && shape.baseURL === undefined)
    gaps.push(problem(['baseURL'], { message: 'a value is missing', allowed: 'the address of the provider' }))
  if (Object.keys(shape.models ?? {}).length === 0)
    gaps.push(problem(['models'], { message: 'a value is missing', allowed: 'at least one model, as author/name' }))
  return gaps
}

/** Where the list leaves the address to its package, another package would take this provider's key to its own vendor. */
function gapsOfKnown({ shape, problem }: ProviderSource, known: KnownProvider): readonly Problem[] {
  const { protocol, baseURL } = shape
  if (protocol === undefined || baseURL !== undefined || known.baseUrl !== undefined) return []
  if (knowsAddress(known.listedPackage, protocol)) return []
  const allowed = `the address at which ${known.title} speaks ${protocol}`
  return [problem(['baseURL'], { message: 'a value is missing', allowed })]
}

function unknownProvider(name: string, catalogue: Catalogue, problem: ProviderSource['problem']): Problem {
  const suggestion = nearest(name, catalogue.providerIds)
  return problem([], {
    message: `the catalogue has no provider ${quotedName(name)}, and no protocol is given`,
    allowed: `one of the ${catalogue.providerIds.length} providers of the catalogue, \`like\` with the name of one, or protocol, baseURL and models`,
    ...(suggestion === undefined ? {} : { suggestion }),
  })
}

function settingsOf({ name, shape, env, missing }: ProviderSource, known: KnownProvider | undefined) {
  const protocol = shape.protocol ?? known!.protocol
  const address = shape.baseURL === undefined ? substitute(listedAddress(shape, known), env) : undefined
  const baseUrl = shape.baseURL ?? address?.text
  const key = keyOf(shape, known, env)
  const variables = [...missing.variables, ...(address?.gaps.variables ?? []), ...missingSettings(shape, known, env)]
  const unset = gapWords({ ...missing, variables }) || key.disabled
  const disabled = foreign(shape, known) ?? unset ?? ofOtherKind(shape, known, key.apiKey)
  const settings: ProviderSettings = {
    name,
    ...(shape.like === undefined ? {} : { like: shape.like }),
    protocol,
    package: shape.protocol === undefined ? known!.package : packageOf(protocol),
    ...(baseUrl ? { baseUrl } : {}),
    ...(key.apiKey ? { apiKey: key.apiKey } : {}),
    headers: shape.headers ?? {},
    quirks: definedOnly(shape.quirks ?? {}),
    deadlines: deadlinesOf(shape.timeouts),
  }
  return { settings, disabled }
}

/** Empty where the package knows its own address: that of the list may be for another format. */
function listedAddress({ protocol = '' }: ProviderShape, known: KnownProvider | undefined): string {
  return known && !isOwnFormat(known.listedPackage, protocol) ? (known.baseUrl ?? '') : ''
}

/** What the package will look for in the environment to make its address of. */
function missingSettings(shape: ProviderShape, known: KnownProvider | undefined, env: Environment): readonly string[] {
  if (shape.protocol !== undefined || shape.baseURL !== undefined) return []
  if (expressKey(shape, known, env) !== undefined) return []
  return (known?.settingVariables ?? []).filter(name => !env[name]?.trim())
}

function foreign(shape: ProviderShape, known: KnownProvider | undefined): string | undefined {
  if (shape.protocol !== undefined || !known || !isForeign(known.package)) return undefined
  return `it can only be reached through the package ${known.package}, which does not work here; if it also speaks one of the protocols, give it protocol, baseURL and models`
}

/** GitHub's Copilot takes the tokens of a login alone, and answers 400 to others; its own command line says who it is in a header. */
function ofOtherKind(shape: ProviderShape, known: KnownProvider | undefined, apiKey = ''): string | undefined {
  const isOwn = known?.id === 'github-copilot' && shape.baseURL === undefined && shape.headers === undefined
  if (!isOwn || !/^(?:ghp|ghs|github_pat)_/.test(apiKey)) return undefined
  return 'its key is a personal access token or an Actions token, and Copilot accepts only that of a login: set what `gh auth token` prints'
}

/** Whoever names a time means it for silent work too. */
function deadlinesOf({ connect, firstToken, stall, total }: NonNullable<ProviderShape['timeouts']> = {}): Deadlines {
  const silent = definedOnly({
    firstTokenMs: firstToken === undefined ? SILENT_MS : undefined,
    stallMs: stall === undefined ? SILENT_MS : undefined,
  })
  return {
    connectMs: connect ?? 5_000,
    firstTokenMs: firstToken ?? 30_000,
    stallMs: stall ?? 20_000,
    totalMs: total ?? 600_000,
    ...(Object.keys(silent).length > 0 && { silent }),
  }
}
