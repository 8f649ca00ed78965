/**
 * Reading a vendors' script. Its problems are told in the form of a configuration's, all at once.
 *
 * @module
 */
import { readFileSync } from 'node:fs'
import { checkShape, describeProblems, type ParsedYaml, parseYaml } from '../../catalog/index.ts'
import { scriptSchema, type VendorScript } from '../../providers/simulated/index.ts'
import { ConfigurationProblem } from '../configuration/configuration-problem.ts'
import { fileRefused } from '../configuration/file-refused.ts'
import { completeScript } from './complete-script.ts'

/** @throws ConfigurationProblem with all problems at once */
export function readScript(path: string): VendorScript {
  const { document, problems } = yamlOf(path)
  return checked(path, { document, problems, value: document.value })
}

/** What a script beside a configuration says of a vendor: its name is a provider's, and what it is and serves comes from there. */
export type ScriptedVendor = Omit<VendorScript['vendors'][number], 'protocol' | 'models' | 'apiKey' | 'port'>

/**
 * A script that says of some stand-ins how they answer and fail. The others stay as they are, and all in their order.
 *
 * @throws ConfigurationProblem with all problems at once
 */
export function readScriptFor(standIns: VendorScript, path: string): VendorScript {
  return scripted(standIns, path, yamlOf(path))
}

/** {@link readScriptFor} for one that may have been written in code. @throws ConfigurationProblem with all problems at once */
export function scriptIn(standIns: VendorScript, script: string | readonly ScriptedVendor[]): VendorScript {
  if (typeof script === 'string') return readScriptFor(standIns, script)
  if (Array.isArray(script) && script.length === 0) return standIns
  const document = { value: { vendors: script }, place: () => undefined }
  return scripted(standIns, "the vendors' script", { document, problems: [] })
}

function scripted(standIns: VendorScript, source: string, { document, problems }: Pick<Yaml, 'document' | 'problems'>) {
  const complete = completeScript(document, standIns)
  const { vendors } = checked(source, { ...complete, document, problems: [...problems, ...complete.problems] })
  const byName = new Map(vendors.map(vendor => [vendor.name, vendor]))
  return { vendors: standIns.vendors.map(vendor => byName.get(vendor.name) ?? vendor) }
}

/** Whether a file is a script, by its key `vendors` at the margin, which no configuration has. The file need not be right. */
export function isScript(path: string): boolean {
  return /^(vendors:|"vendors":|\{\s*"vendors":)/m.test(textOf(path))
}

export function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw fileRefused(error, `${path} cannot be read`, 'name a file with --script or --config')
  }
}

type Yaml = Extract<ParsedYaml, { ok: true }>

function yamlOf(path: string): Yaml {
  const parsed = parseYaml(textOf(path))
  if (!parsed.ok) throw new ConfigurationProblem(describeProblems(parsed.problems, path))
  if (isConfiguration(parsed.document))
    throw new ConfigurationProblem(
      `${path} is a configuration, not a vendors' script; --config has vendors stand in for its providers`,
    )
  return parsed
}

function isConfiguration({ value }: Yaml['document']): boolean {
  const keys = new Set(Object.keys(value ?? {}))
  return keys.has('providers') && !keys.has('vendors')
}

interface Complete extends Pick<Yaml, 'document' | 'problems'> {
  /** The document's, or what it was made into. */
  readonly value: unknown
}

function checked(source: string, { document, problems, value }: Complete): VendorScript {
  const shaped = checkShape(scriptSchema, value, [], document)
  if (shaped.ok && problems.length === 0) return shaped.value
  const all = [...problems, ...(shaped.ok ? [] : shaped.problems)]
  throw new ConfigurationProblem(describeProblems(all, source))
}
