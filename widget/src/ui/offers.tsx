/** What there is beside writing: call, be called back, and outside hours the options that replace both. */
import { closedFor, OFFER_WORDS } from "../offer-words.ts";
import type { OfferWords } from "../offer-words.ts";
import type { Words } from "../words.ts";
import { Icon } from "./icons.tsx";
import type { IconName } from "./icons.tsx";
import type { Model } from "./model.ts";
import { More } from "./more.tsx";
import { numberText } from "./number.ts";
import { clockText, dayText } from "./times.ts";

interface Props {
  model: Model;
  words: Words;
  onBook(): void;
}

export function Offers({ model, words, onBook }: Props) {
  const w = OFFER_WORDS[model.language()];
  const { offer } = model;
  const { promise } = offer.view;
  const email = offer.option("email");
  const number = offer.option("number");
  return (
    <div class="offers">
      {promise === null && offer.bookable !== null && offer.option("scheduled-call") !== null && <Card icon="clock" title={w.scheduled} hint={w.scheduledHint} onPress={onBook} />}
      {model.callOffered && !model.call.live && <Card icon="phone" title={words.callUs} hint={words.greetCall} onPress={() => model.startCall()} name="call-card" />}
      {promise === null && offer.bookable !== null && offer.option("call") !== null && <Card icon="clock" title={w.callBack} hint={w.callBackHint} onPress={onBook} />}
      {number !== null && (
        <a class="offer" href={`tel:${number.number}`}>
          <Face icon="phone" title={w.numberNow} hint={numberText(number.number, model.language())} />
        </a>
      )}
      {offer.option("voicemail") !== null && !model.call.live && <Card icon="mic" title={w.voicemail} hint={w.voicemailHint} onPress={() => model.startCall("voicemail")} />}
      {email !== null &&
        (email.mailto === null ? (
          <Address address={email.address} w={w} />
        ) : (
          <a class="offer" href={email.mailto}>
            <Face icon="mail" title={w.email} hint={w.emailHint} />
          </a>
        ))}
      {model.positionReason() !== null && <More model={model} words={words} what="position" />}
    </div>
  );
}

/** Above the options, in the place of the greeting: why, and when it is as usual again. */
export function Deflected({ model }: { model: Model }) {
  const w = OFFER_WORDS[model.language()];
  const { now } = model.offer.view;
  if (now === null || now.why === null) return null;
  const lang = model.language();
  const elsewhere = now.options.some(({ kind }) => kind !== "call" && kind !== "chat");
  return (
    <>
      <h3>{closedFor(now.why) ? w.closed : now.why === "no-agent" ? w.noAgent : w.busy}</h3>
      {closedFor(now.why) && now.nextOpenMs !== null && <p>{w.reopens(`${dayText(now.nextOpenMs, lang)} ${lang === "fr" ? "à" : "at"} ${clockText(now.nextOpenMs, lang)}`)}</p>}
      <p>{elsewhere ? w.instead : w.nothing}</p>
    </>
  );
}

function Card({ icon, title, hint, onPress, name = "" }: { icon: IconName; title: string; hint: string; onPress(): void; name?: string }) {
  return (
    <button type="button" class={`offer ${name}`} onClick={onPress}>
      <Face icon={icon} title={title} hint={hint} />
    </button>
  );
}

function Face({ icon, title, hint }: { icon: IconName; title: string; hint: string }) {
  return (
    <>
      <span class="call-icon">
        <Icon name={icon} />
      </span>
      <span class="grow">
        <b>{title}</b>
        <small>{hint}</small>
      </span>
    </>
  );
}

function Address({ address, w }: { address: string; w: OfferWords }) {
  return (
    <div class="offer still">
      <span class="call-icon">
        <Icon name="mail" />
      </span>
      <span class="grow">
        <b>{w.email}</b>
        <a href={`mailto:${address}`}>{address}</a>
      </span>
    </div>
  );
}
