using System.Runtime.InteropServices;
using Bridge.Simulator.Commands;
using Bridge.Simulator.Load;

const string Help = """
    Both far ends of the wire: a caller on Twilio's side and a model on OpenAI's.

      demo    [--save heard.wav] [--verbose]
              Starts the bridge between a fake model and a fake caller, holds a conversation with three
              interruptions, and reports whether the model remembers what the caller heard.

      caller  --url http://127.0.0.1:8000/incoming-call [--wav FILE] [--save heard.wav] [--interrupt]
              [--talk-after MS] [--seconds N] [--from +1…] [--to +1…] [--auth-token T] [--public-url https://…]
              Calls a running bridge with a recording (WAV of 8 kHz or more, or raw µ-law) in real time.
              --talk-after: so much quiet ends the greeting (800 ms).  --seconds: the call's longest time (60).
              --interrupt: speaks over the answer.  --from: the caller's number; else each call has its own.
              --auth-token, --public-url: signs as Twilio does, for a bridge that checks it, with the bridge's own
              token and for the address it is known by (else TWILIO_AUTH_TOKEN and PUBLIC_BASE_URL of the environment; TWILIO_ACCOUNT_SID of it is the account).

      model   [--port 9000] [--speed 4]
              A model for OPENAI_REALTIME_URL, until Ctrl+C. --speed: generation, times real time; 0: at once.

      faults  [--row A14] [--list] [--verbose] [--json FILE]
              Runs the fault matrix on bridges of its own, with five healthy calls beside each fault, and prints
              what the caller heard, in what time everything was given back, and the verdict. Some minutes.
              --row: one row alone, or several (A13,A14).  --list: the rows and their variants.  --json: the results for programs.

      load    [--calls 200] [--seconds 20] [--warm 5] [--rounds 2] [--ramp 100] [--subjects bridge,relay,tuned] [--tls]
              [--quiet | --setups N] [--json FILE] [--verbose]
              What a call costs: the bridge, a relay of the same stack that parses nothing, and that relay with the bridge's
              runtime settings, in turn and each in a process of its own, under the same traffic. Prints CPU, delay, frames,
              memory and the ratios bridge / relay. Nothing else should run on the machine meanwhile.
              --calls: at once.  --seconds: measured, after --warm seconds of talk.  --rounds: turns of each.  --ramp: set-ups
              a second until all stand.  --tls: to the model, with a certificate of its own.  --quiet: nobody speaks, to see
              what a standing call holds.  --setups: so many set-ups a second, in place of standing calls.
              [--url http://127.0.0.1:8000/incoming-call] [--model-port 9000] [--pid N] [--auth-token T] [--public-url https://…]
              A bridge that runs already, whose OPENAI_REALTIME_URL is ws://127.0.0.1:9000/v1/realtime; with its
              process id its cost can be told too. It signs as `caller` does.
              [--bridge-with NAME=VALUE,…] [--tuned-with NAME=VALUE,…]
              Variables for the bridge or the tuned relay, to see what a setting is worth.

      starts  [--times 8] [--bridge-with NAME=VALUE,…] [--verbose]
              Starts the bridge so often and calls it twice as soon as it is ready: what the first caller after a deployment
              waits for. One start more comes first, for practice, and is not counted. (Linux)

      relay   --model ws://… [--port 0] [--inline]
              The relay alone; /media-stream is its address.  --inline: Kestrel runs what follows on its socket threads.
    """;

using var stop = new CancellationTokenSource();
var stopCode = 0;
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Stop(signal, 130));
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Stop(signal, 143));

try
{
    switch (args.FirstOrDefault())
    {
        case "demo":
            return await DemoCommand.RunAsync(args[1..], stop.Token);
        case "caller":
            return await CallerCommand.RunAsync(args[1..], stop.Token);
        case "model":
            return await ModelCommand.RunAsync(args[1..], stop.Token);
        case "faults":
            return await FaultsCommand.RunAsync(args[1..], stop.Token);
        case "load":
            return await LoadCommand.RunAsync(args[1..], stop.Token);
        case "starts":
            return await StartsCommand.RunAsync(args[1..], stop.Token);
        case "load-model":
            return await LoadModelCommand.RunAsync(args[1..], stop.Token);
        case "relay":
            return await RelayCommand.RunAsync(args[1..], stop.Token);
        case "--help" or "-h" or "help":
            Console.WriteLine(Help);
            return 0;
        case null:
            throw new UsageException("Which one: demo, caller, model, faults, load, starts or relay? (--help tells more)");
        default:
            throw new UsageException($"Unknown command '{args[0]}': it is demo, caller, model, faults, load, starts or relay. (--help tells more)");
    }
}
catch (UsageException wrong)
{
    await Console.Error.WriteLineAsync(wrong.Message);
    return 2;
}
catch (Exception) when (stop.IsCancellationRequested)
{
    // What was cut short may fail in any way; a shell wants to know only by what.
    await Console.Error.WriteLineAsync("Stopped.");
    return stopCode;
}
catch (Exception failed) when (failed is BridgeFailedException or ChildFailedException)
{
    await Console.Error.WriteLineAsync(failed.Message);
    return 1;
}

// Everything is put away in order; the runtime's own way would end the process here and now.
void Stop(PosixSignalContext signal, int code)
{
    signal.Cancel = true;
    stopCode = code;
    _ = stop.CancelAsync();
}
