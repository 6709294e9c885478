/** zod probes whether it may compile schemas with `new Function`; our content security policy says no, and reports the question as a violation. */
import { config } from "zod";

config({ jitless: true });
