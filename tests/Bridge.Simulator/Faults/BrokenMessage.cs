using System.Text;

namespace Bridge.Simulator.Faults;

/// <summary>
/// A text message that is wrong in one way. <c>{response}</c> and <c>{item}</c> in it are replaced by the ids of the session's last
/// audio item, so that it is not thrown away for being a stranger's.
/// </summary>
public sealed record BrokenMessage(string Name, string Text)
{
    private const string Delta = """{"type":"response.output_audio.delta","event_id":"event_b","response_id":"{response}","item_id":"{item}","output_index":0,"content_index":0,"delta":""";

    /// <summary>No JSON, or JSON that is no event.</summary>
    public static IReadOnlyList<BrokenMessage> NotAnEvent { get; } =
    [
        new("empty text", ""),
        new("no JSON", "not json"),
        new("half an object", """{"type":"response.done","response":{"id":"""),
        new("something behind the object", """{"type":"response.done"} {}"""),
        new("null", "null"),
        new("an array", "[]"),
        new("a number", "42"),
        new("a byte order mark", "\uFEFF{\"type\":\"rate_limits.updated\"}"),
        new("NUL", "{\"type\":\"\0\"}"),
        new("a lone surrogate", """{"type":"\ud800"}"""),
        new("deep", string.Concat(Enumerable.Repeat("[", 1000)) + string.Concat(Enumerable.Repeat("]", 1000))),
        new("deep in an event", """{"type":"session.updated","session":""" + string.Concat(Enumerable.Repeat("""{"a":""", 1000)) + "1" + new string('}', 1001)),
        new("no type", """{"event_id":"event_b"}"""),
        new("an empty type", """{"type":""}"""),
    ];

    /// <summary>Events whose fields are of the wrong kind or not there.</summary>
    public static IReadOnlyList<BrokenMessage> WrongTypes { get; } =
    [
        new("the type is a number", """{"type":5}"""),
        new("the type is an object", """{"type":{"type":"response.done"}}"""),
        new("two types", """{"type":"rate_limits.updated","type":"response.done"}"""),
        new("the delta is a number", Delta + "7}"),
        new("the delta is null", Delta + "null}"),
        new("no delta", """{"type":"response.output_audio.delta","response_id":"{response}","item_id":"{item}","output_index":0,"content_index":0}"""),
        new("the item id is an object", """{"type":"response.output_audio.delta","response_id":"{response}","item_id":{},"output_index":0,"content_index":0,"delta":"////"}"""),
        new("no item id", """{"type":"response.output_audio.delta","response_id":"{response}","output_index":0,"content_index":0,"delta":"////"}"""),
        new("the content index is a text", """{"type":"response.output_audio.delta","response_id":"{response}","item_id":"{item}","output_index":0,"content_index":"0","delta":"////"}"""),
        new("a huge content index", """{"type":"response.output_audio.delta","response_id":"{response}","item_id":"{item}","output_index":0,"content_index":99999999999999999999,"delta":"////"}"""),
        new("the response is a text", """{"type":"response.done","response":"{response}"}"""),
        new("no response", """{"type":"response.done"}"""),
        new("the created response is a list", """{"type":"response.created","response":[]}"""),
        new("a created response without an id", """{"type":"response.created","response":{}}"""),
        new("the session is a text", """{"type":"session.updated","session":"x"}"""),
        new("no session", """{"type":"session.updated"}"""),
        new("the error is a text", """{"type":"error","error":"x"}"""),
        new("no error", """{"type":"error"}"""),
        new("the error's code is a number", """{"type":"error","error":{"type":1,"code":2,"message":3}}"""),
        new("the start of speech is a text", """{"type":"input_audio_buffer.speech_stopped","audio_end_ms":"soon","item_id":7}"""),
        new("the item is null", """{"type":"conversation.item.added","previous_item_id":null,"item":null}"""),
        new("the limits are an object", """{"type":"rate_limits.updated","rate_limits":{}}"""),
    ];

    /// <summary>Events that nobody knows.</summary>
    public static IReadOnlyList<BrokenMessage> UnknownEvents { get; } =
    [
        new("an unknown event", """{"type":"response.sparkle.delta","event_id":"event_b","response_id":"{response}","delta":"x"}"""),
        new("an unknown event of another family", """{"type":"weather.updated","event_id":"event_b","celsius":21}"""),
        new("an unknown field", Delta + "\"\",\"sparkle\":{\"a\":[1,2]}}"),
    ];

    /// <summary>Audio deltas of the session's last item that are no base64, or hold nothing.</summary>
    public static IReadOnlyList<BrokenMessage> BadBase64 { get; } =
    [
        .. new[] { "%%%%", "A", "AAA", "A===", "AAAA=", "AA AA", "AAAA\\n", "é", "" }.Select(text => new BrokenMessage($"the delta is \"{text}\"", Delta + $"\"{text}\"}}")),
    ];

    /// <summary>Audio of a response and an item that were never announced.</summary>
    public static BrokenMessage Stranger { get; } = new(
        "a delta of a stranger",
        """{"type":"response.output_audio.delta","event_id":"event_b","response_id":"resp_stranger","item_id":"item_stranger","output_index":0,"content_index":0,"delta":"//////////8="}""");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<BrokenMessage> All { get; } = [.. NotAnEvent, .. WrongTypes, .. UnknownEvents, .. BadBase64, Stranger];

    /// <summary>A message that is no UTF-8, as a frame.</summary>
    public static byte[] NotUtf8 { get; } = RawFrame.Make(RawFrame.Text, [.. Encoding.ASCII.GetBytes("{\"type\":\""), 0xC3, 0x28, 0xFF, .. Encoding.ASCII.GetBytes("\"}")]);

    public override string ToString() => Name;
}
