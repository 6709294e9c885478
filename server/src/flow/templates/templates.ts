/** Flows to begin with: every one is proved, and carries its test cases. Their queues are roles; a centre puts its own in. */
import { afterHours } from "./after-hours.ts";
import { bank } from "./bank.ts";
import { booking } from "./booking.ts";
import { education } from "./education.ts";
import { health } from "./health.ts";
import { insurance } from "./insurance.ts";
import type { Template } from "./parts.ts";
import { publicService } from "./public-service.ts";
import { shop } from "./shop.ts";
import { surge } from "./surge.ts";
import { technicalSupport } from "./support.ts";
import { taxi } from "./taxi.ts";
import { travel } from "./travel.ts";

export const templates: readonly Template[] = [shop, health, bank, education, travel, surge, taxi, publicService, technicalSupport, booking, insurance, afterHours];
