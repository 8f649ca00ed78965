import { Option } from 'commander'
import { duration } from '../parse/values.ts'

/** `--grace`, whose default is said as it would be written. */
export function graceOption(description: string, otherwise: string): Option {
  return new Option('--grace <duration>', description).argParser(duration).default(duration(otherwise), otherwise)
}
