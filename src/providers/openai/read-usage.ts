export { readUsage } from '../openai-compatible/read-usage.ts'
