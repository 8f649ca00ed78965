/**
 * One provider of a configuration: how to reach it, and what it serves.
 *
 * @module
 */
import { definedOnly } from '../../core/defined-only.ts'
import type { Deadlines, ProviderSettings } from '../../core/endpoints.ts'
import { nearest } from '../../core/nearest.ts'
import type { Catalogue, KnownProvider } from '../catalogue.ts'
import { isForeign, isOwnFormat, knowsAddress, packageOf } from '../protocols.ts'
import { contradictedRegions } from './declared-region.ts'
import type { Problem } from './problem.ts'
import { expressKey, isApiKey, keyOf, setVariables } from './provider-key.ts'
import { noteOf } from './provider-note.ts'
import { quotedName } from './quoting.ts'
import { type Offer, resolveEndpoints } from './resolve-endpoints.ts'
import type { ProviderShape } from './shape.ts'
import { type Environment, substitute } from './variables.ts'

/** A provider and its endpoints. With `disabled` nobody can use it now, and the reason says why. */
export interface ResolvedProvider {
  readonly settings: ProviderSettings
  readonly offers: readonly Offer[]
  readonly disabled?: string
  /** What is worth knowing of how it is asked. */
  readonly note?: string
}

export interface ProviderSource {
  readonly name: string
  readonly shape: ProviderShape
  readonly catalogue: Catalogue
  readonly env: Environment
  /** Variables of the environment say nothing of where it will be asked. */
  readonly asksNobody: boolean
  /** Variables that its texts name and that have no value. */
  readonly missing: readonly string[]
  /** Makes a problem at a path below the provider. */
  readonly problem: (path: readonly string[], problem: Omit<Problem, 'path'>) => Problem
}

/** 5 s to connect, 30 s to the first token, 20 s of silence after it, 10 min in all. */
const DEFAULT_DEADLINES = {
  connectMs: 5_000,
  firstTokenMs: 30_000,
  stallMs: 20_000,
  totalMs: 600_000,
}

/** 5 min of either where a model works and shows nothing of it: as long as Codex and Claude Code wait. */
const SILENT_MS = 300_000

export function resolveProvider(source: ProviderSource): {
  provider?: ResolvedProvider
  problems: readonly Problem[]
} {
  const { name, shape, catalogue } = source
  const known = catalogue.provider(name)
  const gaps = known ? gapsOfKnown(source, known) : gapsOf(source)
  if (gaps.length > 0) return { problems: gaps }
  const protocol = shape.protocol ?? known!.protocol
  const { offers, problems } = resolveEndpoints({ ...source, protocol })
  const { settings, disabled } = connect(source, known)
  return {
    provider: {
      settings,
      offers,
      ...definedOnly({ disabled, note: noteOf(source, settings, offers) }),
    },
    problems: [
      ...problems,
      ...malformed(source, settings),
      ...wrongAddress(source, settings),
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

/** Where the list leaves the address to a package, another one would take this provider's key to its own vendor. */
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
    allowed: `one of the ${catalogue.providerIds.length} providers of the catalogue, or protocol, baseURL and models`,
    ...(suggestion === undefined ? {} : { suggestion }),
  })
}

function connect({ name, shape, env, missing }: ProviderSource, known: KnownProvider | undefined) {
  const protocol = shape.protocol ?? known!.protocol
  const address = shape.baseURL === undefined ? substitute(listedAddress(shape, known), env) : undefined
  const baseUrl = shape.baseURL ?? address?.text
  const key = keyOf(shape, known, env)
  const absent = [...new Set([...missing, ...(address?.missing ?? []), ...missingSettings(shape, known, env)])]
  const unset = absent.length > 0 ? `${absent.join(', ')} ${absent.length === 1 ? 'is' : 'are'} not set` : key.disabled
  const disabled = foreign(shape, known) ?? unset ?? ofOtherKind(shape, known, key.apiKey)
  const settings: ProviderSettings = {
    name,
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

/** A package that is named by hand knows its own, which need not be that of the format in which its provider is asked otherwise. */
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
  return `it is reached through the package ${known.package} alone, which does not fit here; where it speaks one of the protocols too, give it protocol, baseURL and models`
}

/** GitHub's Copilot takes the tokens of a login alone, and answers 400 to others; its own command line says who it is in a header. */
function ofOtherKind(shape: ProviderShape, known: KnownProvider | undefined, apiKey = ''): string | undefined {
  const isOwn = known?.id === 'github-copilot' && shape.baseURL === undefined && shape.headers === undefined
  if (!isOwn || !/^(?:ghp|ghs|github_pat)_/.test(apiKey)) return undefined
  return 'its key is a personal access token or that of an action, and Copilot takes the one of a login: set what `gh auth token` prints'
}

/** Whoever names a time means it for silent work too. */
function deadlinesOf({ connect, firstToken, stall, total }: NonNullable<ProviderShape['timeouts']> = {}): Deadlines {
  const silent = definedOnly({
    firstTokenMs: firstToken === undefined ? SILENT_MS : undefined,
    stallMs: stall === undefined ? SILENT_MS : undefined,
  })
  return {
    connectMs: connect ?? DEFAULT_DEADLINES.connectMs,
    firstTokenMs: firstToken ?? DEFAULT_DEADLINES.firstTokenMs,
    stallMs: stall ?? DEFAULT_DEADLINES.stallMs,
    totalMs: total ?? DEFAULT_DEADLINES.totalMs,
    ...(Object.keys(silent).length > 0 && { silent }),
  }
}

/** What a request says of its own body and connection is the transport's to say. */
const TRANSPORTS_OWN = new Set(['content-length', 'transfer-encoding', 'keep-alive', 'upgrade', 'expect'])

/** Keys and headers that no request could carry. Their values are not shown. */
function malformed(source: ProviderSource, settings: ProviderSettings): readonly Problem[] {
  const { shape, problem } = source
  const message = `the value ${UNCARRIED}`
  const problems = Object.entries(shape.headers ?? {})
    .filter(([, value]) => !/^[\x20-\x7e]*$/.test(value))
    .map(([header]) => problem(['headers', header], { message, allowed: 'printable ASCII' }))
  const wrong = wrongKey(settings.apiKey)
  if (wrong !== undefined) {
    const variable = shape.apiKey === undefined ? keyVariableOf(source) : undefined
    const value = variable === undefined ? 'the value' : `the value of ${variable}`
    problems.push(problem(['apiKey'], { message: `${value} ${wrong}`, allowed: KEY }))
  }
  for (const header of Object.keys(shape.headers ?? {}))
    if (!/^[!#$%&'*+.^`|~\w-]+$/.test(header) || TRANSPORTS_OWN.has(header.toLowerCase()))
      problems.push(problem(['headers', header], { message: 'no request can carry this header', allowed: HEADER }))
  return problems
}

const UNCARRIED = 'has a line break, a space or another character that a header cannot carry'
const KEY = 'the key alone, without quotes, spaces or line breaks'

/** Some readers of files with variables leave the quotes in: Docker's `--env-file` is one. */
function wrongKey(key = ''): string | undefined {
  if (!/^[\x21-\x7e]*$/.test(key)) return UNCARRIED
  return /^(["']).*\1$/.test(key) ? 'stands in quotes' : undefined
}

/** Where the key comes from when the file does not give it. */
function keyVariableOf({ name, catalogue, env }: ProviderSource): string | undefined {
  const known = catalogue.provider(name)
  return known && setVariables(known, env).find(isApiKey)
}

const HEADER = `a name without spaces, and none of ${[...TRANSPORTS_OWN].join(', ')}`

/** Packages write their paths after it, and what it says of a user goes to nobody. It may hold a key, and is not shown. */
function wrongAddress(source: ProviderSource, { baseUrl, protocol }: ProviderSettings): readonly Problem[] {
  const { shape, problem } = source
  if (shape.baseURL === undefined) return wrongParts(source)
  if (protocol !== '@ai-sdk/azure' && /^https:\/\/[^/]+\.azure\.com\/openai\/?$/.test(baseUrl ?? ''))
    return [
      problem(['baseURL'], { message: 'the address ends before the version of Azure’s API', allowed: '…/openai/v1' }),
    ]
  if (baseUrl === undefined || !/[?#\s]|^https?:\/\/[^/]*@/.test(baseUrl)) return []
  const message = 'the address has a query, a fragment, a user or a space, and a path is written after it'
  return [problem(['baseURL'], { message, allowed: 'an address alone; keys go into apiKey or headers' })]
}

/** Of variables that the catalogue puts into a provider's address: Databricks' own tools want `https://` in the one that is a host here. */
function wrongParts({ name, catalogue, env, problem }: ProviderSource): readonly Problem[] {
  const address = catalogue.provider(name)?.baseUrl ?? ''
  const { text, used, missing } = substitute(address, env)
  if (used.length === 0 || missing.length > 0 || (URL.canParse(text) && !/[?#@\s]|:\/\/.*:\/\//.test(text))) return []
  const message = `${used.join(' and ')} ${used.length === 1 ? 'does' : 'do'} not fit into the address of the provider`
  return [problem([], { message, allowed: `what makes ${address} an address, such as a name or a host alone` })]
}
