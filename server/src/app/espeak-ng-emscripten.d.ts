/** The part of @echogarden/espeak-ng-emscripten 0.3.5 that we use (it ships no types). */
declare module "@echogarden/espeak-ng-emscripten" {
  interface Speaker {
    set_voice(name: string, language: string, gender: number, age: number, variant: number): number;
    set_rate(wordsPerMinute: number): void;
    /** 0..99, 50 by default. */
    set_pitch(pitch: number): void;
    get_samplerate(): number;
    synthesize(text: string, hear: (audio: Int16Array | null, events: readonly unknown[]) => void): void;
  }
  const initialise: () => Promise<{ eSpeakNGWorker: new () => Promise<Speaker> }>;
  export default initialise;
}
