using System.Text.RegularExpressions;
using Bridge.Application.Admission;
using Bridge.Application.Bridging;
using Bridge.Domain.Calls;
using Bridge.Domain.Turns;

namespace Bridge.Api.Tests.Privacy;

/// <summary>
/// Every instrument, its tags, and all that they may say. A tag is a label of a time series that is kept for years by somebody
/// else: it comes from a closed list, and is never a call, a number or a text.
/// </summary>
internal static partial class MetricTable
{
    private static readonly Dictionary<string, Regex> NoTags = [];

    /// <summary>The instruments of the meter <c>Bridge</c>.</summary>
    public static readonly IReadOnlyDictionary<string, Dictionary<string, Regex>> Ours = new Dictionary<string, Dictionary<string, Regex>>
    {
        ["bridge.calls.active"] = NoTags,
        ["bridge.call.duration"] = new() { ["reason"] = NamesOf<CallEndReason>() },
        ["bridge.calls.ended"] = new() { ["reason"] = NamesOf<CallEndReason>() },
        ["bridge.calls.turned_away"] = new() { ["reason"] = NamesOf<TurnedAway>() },
        ["bridge.refused"] = new() { ["reason"] = NamesOf<RefusalReason>() },
        ["bridge.stream.never_came"] = NoTags,
        ["bridge.stream.held_up"] = NoTags,
        ["bridge.frames"] = new() { ["direction"] = OneOf("caller_to_model", "model_to_caller") },
        ["bridge.messages.skipped"] = new() { ["kind"] = OneOf("unknown", "malformed", "too_fast") },
        ["bridge.caller.dropped"] = NoTags,
        ["bridge.uplink.batch"] = NoTags,
        ["bridge.log.dropped"] = NoTags,
        ["bridge.interruptions"] = NoTags,
        ["bridge.interruption.reaction"] = NoTags,
        ["bridge.playback.drift"] = NoTags,
        ["bridge.recordings.played"] = new() { ["which"] = OneOf("filler", "say_again") },
        ["bridge.response.first_audio"] = NoTags,
        ["bridge.response.failed"] = new() { ["ending"] = NamesOf<ResponseEnding>() },
        ["bridge.response.races"] = new() { ["kind"] = OneOf("response_active", "nothing_to_cancel", "harmless") },
        ["bridge.session.connect.duration"] = new()
        {
            ["provider"] = OneOf("openai", "echo"),
            ["succeeded"] = OneOf("True", "False"),
            ["error.type"] = ErrorType(),
        },
        ["bridge.session.reconnects"] = new() { ["why"] = OneOf("lost", "stuck", "mute", "planned") },
        ["bridge.session.abandoned"] = NoTags,
        ["bridge.admission.closed"] = new() { ["reason"] = OneOf("quota", "model") },
    };

    /// <summary>The tags of the framework's instruments; not among them are paths, queries, client addresses and connection ids.</summary>
    private static readonly Dictionary<string, Regex> Frameworks = new()
    {
        ["url.scheme"] = OneOf("http", "https", "ws", "wss"),
        ["http.request.method"] = OneOf("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", "_OTHER"),
        ["http.response.status_code"] = Status(),
        ["http.route"] = OneOf("/", "/health/live", "/health/ready", "/incoming-call", "/stream-ended", "incoming-call", "stream-ended", "(missing)"),
        ["network.protocol.name"] = OneOf("http", "ws", "wss"),
        ["network.protocol.version"] = OneOf("1.0", "1.1", "2", "3"),
        ["network.transport"] = OneOf("tcp"),
        ["network.type"] = OneOf("ipv4", "ipv6"),
        ["server.address"] = OneOf("127.0.0.1", "::1"),
        ["server.port"] = Port(),
        ["error.type"] = TypeName(),
        ["aspnetcore.request.is_unhandled"] = OneOf("True", "False"),
        ["aspnetcore.routing.match_status"] = OneOf("success", "failure"),
        ["aspnetcore.routing.is_fallback"] = OneOf("True", "False"),
        ["aspnetcore.diagnostics.exception.result"] = OneOf("handled", "unhandled", "skipped", "aborted"),
        ["aspnetcore.memory_pool.owner"] = OneOf("kestrel", "sockets"),
    };

    /// <summary>What is wrong with a tag's value; null for nothing.</summary>
    public static string? FaultOf(string meter, string instrument, string tag, string value)
    {
        var tags = Frameworks;
        if (meter == BridgeMetrics.MeterName && !Ours.TryGetValue(instrument, out tags))
            return $"{instrument} is an instrument that stands in no table";
        if (tag.Length == 0)
            return null;
        if (!tags.TryGetValue(tag, out var values))
            return $"{instrument}{{{tag}=\"{value}\"}} is a tag that stands in no table";
        return values.IsMatch(value) ? null : $"{instrument}{{{tag}}} may not be \"{value}\"";
    }

    private static Regex NamesOf<T>()
        where T : struct, Enum => OneOf(Enum.GetNames<T>());

    private static Regex OneOf(params string[] values) => new($@"^(?:{string.Join('|', values.Select(Regex.Escape))})\z");

    /// <summary>A status, a failure of <see cref="HttpRequestError"/>, or why a session that had opened did not begin.</summary>
    private static Regex ErrorType() => new(
        $@"^(?:[1-5][0-9][0-9]|{string.Join('|', Enum.GetNames<HttpRequestError>())}|handshake|timeout|format_mismatch|session_rejected|closed_early|session_expired|message_too_large|slow_message|websocket_violation)\z");

    [GeneratedRegex(@"^[1-5][0-9][0-9]\z")]
    private static partial Regex Status();

    [GeneratedRegex(@"^[0-9]{1,5}\z")]
    private static partial Regex Port();

    [GeneratedRegex(@"^(?:[1-5][0-9][0-9]|[a-z_]{1,60}|[A-Za-z]+(?:\.[A-Za-z]+)*)\z")]
    private static partial Regex TypeName();
}
