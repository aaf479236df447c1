using System.Text;
using System.Text.Json.Nodes;

namespace Bridge.Benchmarks.Frames;

/// <summary>
/// The baseline: Twilio's Python sample (twilio-samples/speech-assistant-openai-realtime-api-python), line for line, in the C#
/// that one writes first: text, a document for each message in, a document for each message out.
/// </summary>
internal sealed class NaivePort(string streamSid)
{
    private readonly List<string> _marks = [];
    private long _latestMediaTimestamp;
    private long? _responseStart;
    private string? _lastAssistantItem;

    /// <summary>A message of Twilio's to what the model is sent; empty for nothing.</summary>
    public byte[] CallerFrame(ReadOnlySpan<byte> received)
    {
        var data = JsonNode.Parse(Encoding.UTF8.GetString(received))!;
        if ((string?)data["event"] == "media")
        {
            _latestMediaTimestamp = long.Parse((string)data["media"]!["timestamp"]!, System.Globalization.CultureInfo.InvariantCulture);
            var append = new JsonObject
            {
                ["type"] = "input_audio_buffer.append",
                ["audio"] = (string)data["media"]!["payload"]!,
            };
            return Encoding.UTF8.GetBytes(append.ToJsonString());
        }

        if ((string?)data["event"] == "mark" && _marks.Count > 0)
            _marks.RemoveAt(0);
        return [];
    }

    /// <summary>An event of the model's to what Twilio is sent: the audio, and the mark after it; both empty for nothing.</summary>
    public (byte[] Media, byte[] Mark) AssistantDelta(ReadOnlySpan<byte> received)
    {
        var response = JsonNode.Parse(Encoding.UTF8.GetString(received))!;
        if ((string?)response["type"] != "response.output_audio.delta" || response["delta"] is null)
            return ([], []);
        var payload = Convert.ToBase64String(Convert.FromBase64String((string)response["delta"]!));
        var media = new JsonObject
        {
            ["event"] = "media",
            ["streamSid"] = streamSid,
            ["media"] = new JsonObject { ["payload"] = payload },
        };
        var sent = Encoding.UTF8.GetBytes(media.ToJsonString());
        if ((string?)response["item_id"] is { } item && item != _lastAssistantItem)
        {
            _responseStart = _latestMediaTimestamp;
            _lastAssistantItem = item;
        }

        return (sent, SendMark());
    }

    /// <summary>How much of the item was heard, as the sample reckons, in milliseconds.</summary>
    public long Heard() => _latestMediaTimestamp - (_responseStart ?? _latestMediaTimestamp);

    /// <summary>Twilio returned a mark.</summary>
    public void MarkReturned() => _marks.RemoveAt(0);

    private byte[] SendMark()
    {
        var mark = new JsonObject
        {
            ["event"] = "mark",
            ["streamSid"] = streamSid,
            ["mark"] = new JsonObject { ["name"] = "responsePart" },
        };
        _marks.Add("responsePart");
        return Encoding.UTF8.GetBytes(mark.ToJsonString());
    }
}
