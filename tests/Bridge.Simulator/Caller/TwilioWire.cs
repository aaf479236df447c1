using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bridge.Simulator.Caller;

/// <summary>How the messages of one media stream are spelt: Twilio's way, or a way a careless reader trips over.</summary>
public sealed record TwilioSpelling
{
    /// <summary>Writes <c>/</c> in base64 as <c>\/</c>, which JSON allows.</summary>
    public bool EscapeSlashes { get; init; }

    /// <summary>Sends counters and timestamps as JSON numbers, as some Twilio-compatible carriers do.</summary>
    public bool NumericCounters { get; init; }
}

/// <summary>Writes what Twilio writes: counters and timestamps are strings, the media format's numbers are numbers.</summary>
public sealed class TwilioWire(string streamSid, TwilioSpelling? spelling = null)
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly TwilioSpelling _spelling = spelling ?? new();
    private int _sequence;
    private int _chunk;

    /// <summary>The stream's own id, MZ and 32 hex digits.</summary>
    public string StreamSid => streamSid;

    /// <summary>Frames written so far.</summary>
    public int Chunks => _chunk;

    /// <summary>Example: <c>{"event":"connected","protocol":"Call","version":"1.0.0"}</c></summary>
    public static string Connected() => Text(new JsonObject { ["event"] = "connected", ["protocol"] = "Call", ["version"] = "1.0.0" });

    /// <summary>
    /// Example: <c>{"event":"start","sequenceNumber":"1","start":{"accountSid":"AC…","streamSid":"MZ…","callSid":"CA…","tracks":["inbound"],
    /// "mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},"customParameters":{}},"streamSid":"MZ…"}</c>
    /// </summary>
    public string Start(string accountSid, string callSid, IReadOnlyDictionary<string, string> customParameters)
    {
        var custom = new JsonObject();
        foreach (var (name, value) in customParameters)
            custom[name] = value;
        return Message("start", new JsonObject
        {
            ["accountSid"] = accountSid,
            ["streamSid"] = streamSid,
            ["callSid"] = callSid,
            ["tracks"] = new JsonArray("inbound"),
            ["mediaFormat"] = new JsonObject { ["encoding"] = "audio/x-mulaw", ["sampleRate"] = Pcmu.SampleRate, ["channels"] = 1 },
            ["customParameters"] = custom,
        });
    }

    /// <summary>
    /// Example: <c>{"event":"media","sequenceNumber":"2","media":{"track":"inbound","chunk":"1","timestamp":"120","payload":"…"},"streamSid":"MZ…"}</c>
    /// </summary>
    public string Media(int timestampMs, ReadOnlySpan<byte> frame) => Media(Counter(timestampMs), frame);

    /// <summary>A frame whose timestamp is no number, or one that cannot be.</summary>
    public string Media(string timestamp, ReadOnlySpan<byte> frame) => Media(JsonValue.Create(timestamp), frame);

    private string Media(JsonValue timestamp, ReadOnlySpan<byte> frame)
    {
        var payload = Convert.ToBase64String(frame);
        var text = Message("media", new JsonObject
        {
            ["track"] = "inbound",
            ["chunk"] = Counter(++_chunk),
            ["timestamp"] = timestamp,
            ["payload"] = payload,
        });
        return _spelling.EscapeSlashes
            ? text.Replace(payload, payload.Replace("/", "\\/", StringComparison.Ordinal), StringComparison.Ordinal)
            : text;
    }

    /// <summary>Frames that are lost on their way still count.</summary>
    public void SkipMedia()
    {
        _chunk++;
        _sequence++;
    }

    /// <summary>Example: <c>{"event":"mark","sequenceNumber":"4","mark":{"name":"m1"},"streamSid":"MZ…"}</c></summary>
    public string Mark(string name) => Message("mark", new JsonObject { ["name"] = name });

    /// <summary>
    /// Example: <c>{"event":"dtmf","sequenceNumber":"5","dtmf":{"track":"inbound_track","digit":"1"},"streamSid":"MZ…"}</c>
    /// </summary>
    public string Dtmf(char digit) => Message("dtmf", new JsonObject { ["track"] = "inbound_track", ["digit"] = digit.ToString() });

    /// <summary>Example: <c>{"event":"stop","sequenceNumber":"9","stop":{"accountSid":"AC…","callSid":"CA…"},"streamSid":"MZ…"}</c></summary>
    public string Stop(string accountSid, string callSid) =>
        Message("stop", new JsonObject { ["accountSid"] = accountSid, ["callSid"] = callSid });

    private string Message(string kind, JsonObject body) =>
        Text(new JsonObject { ["event"] = kind, ["sequenceNumber"] = Counter(++_sequence), [kind] = body, ["streamSid"] = streamSid });

    private JsonValue Counter(int value) =>
        _spelling.NumericCounters ? JsonValue.Create(value) : JsonValue.Create(value.ToString(System.Globalization.CultureInfo.InvariantCulture));

    private static string Text(JsonObject message) => message.ToJsonString(Plain);
}
