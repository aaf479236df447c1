using System.Text;
using Bridge.Api.Tests.Security;
using Bridge.Simulator.Attacks;
using Bridge.Simulator.Caller;

namespace Bridge.Api.Tests.Privacy;

/// <summary>Requests that are refused, one for each reason, with something personal in every field.</summary>
internal static class RefusedRequests
{
    private static readonly Dictionary<string, Func<BridgeHost, Dictionary<string, string>, RawRequest>> All = new()
    {
        ["no signature"] = (bridge, fields) => RawRequest.Form(bridge.PublicUrl(), "/incoming-call", Form(bridge, fields)),
        ["a wrong signature"] = (bridge, fields) => RawRequest.Form(bridge.PublicUrl(), "/incoming-call", Form(bridge, fields)).With(TwilioSignature.Header, fields["CallToken"]),
        ["a GET with a wrong signature"] = (bridge, fields) => Get(bridge, $"/incoming-call?{Query(Form(bridge, fields))}").With(TwilioSignature.Header, fields["CallToken"]),
        ["a foreign account"] = (bridge, fields) => bridge.Genuine(Form(bridge, fields, ("AccountSid", "AC" + new string('9', 32)))),
        ["no form"] = (bridge, fields) => RawRequest.Post(bridge.PublicUrl(), "/incoming-call", "application/json", Encoding.UTF8.GetBytes(string.Join(',', fields.Values))).With(TwilioSignature.Header, "x"),
        ["a type that is none"] = (bridge, fields) => RawRequest.Post(bridge.PublicUrl(), "/incoming-call", fields["CallerName"], []).With(TwilioSignature.Header, "x"),
        ["a long body"] = (bridge, fields) => RawRequest.Form(bridge.PublicUrl(), "/incoming-call", Form(bridge, fields, ("Padding", new string('x', 70_000)))).With(TwilioSignature.Header, "x"),
        ["a long field"] = (bridge, fields) => bridge.Genuine(Form(bridge, fields, ("Padding", new string('x', 33_000)))),
        ["many fields"] = (bridge, fields) => bridge.Genuine(Form(bridge, fields, [.. Enumerable.Range(0, 300).Select(n => ($"{fields["FromCity"]} {n}", "x"))])),
        ["a malformed CallSid"] = (bridge, fields) => bridge.Genuine(Form(bridge, fields, ("CallSid", fields["CallerName"]))),
        ["a malformed number"] = (bridge, fields) => bridge.Genuine(Form(bridge, fields, ("From", fields["CallerName"] + "\r\n"))),
        ["a malformed action"] = (bridge, fields) => bridge.Genuine(Form(bridge, fields, ("To", fields["CallerName"] + new string('x', 500))), "/stream-ended"),
        ["no such path"] = (bridge, fields) => Get(bridge, $"/{Uri.EscapeDataString(fields["CallerName"])}?{Query(fields)}"),
        ["no such method"] = (bridge, fields) => new RawRequest("DELETE", $"/incoming-call?{Query(fields)}").With("Host", bridge.PublicUrl().Authority),
        ["a stream that is no WebSocket"] = (bridge, fields) => Get(bridge, $"/media-stream/{Uri.EscapeDataString(fields["CallToken"])}"),
        ["a stream with a token of chance"] = (bridge, fields) => bridge.GenuineHandshake($"/media-stream/{Uri.EscapeDataString(fields["CallToken"])}?{Query(fields)}"),
        ["a stream of another page"] = (bridge, fields) => RawRequest.Handshake(bridge.PublicUrl(), "/media-stream/x").With("Origin", fields["CallToken"]).With("Sec-WebSocket-Protocol", fields["CallToken"]),
        ["a header that is none"] = (bridge, fields) => Get(bridge, "/").With(fields["CallerName"], fields["FromCity"]),
        ["a host that is none"] = (_, fields) => new RawRequest("GET", "/").With("Host", fields["CallerName"]),
    };

    public static IEnumerable<string> Names => All.Keys;

    /// <summary>The request of this name, for this bridge.</summary>
    public static RawRequest Of(string name, BridgeHost bridge, Dictionary<string, string> fields) => All[name](bridge, fields);

    private static RawRequest Get(BridgeHost bridge, string target) => new RawRequest("GET", target).With("Host", bridge.PublicUrl().Authority);

    private static Dictionary<string, string> Form(BridgeHost bridge, Dictionary<string, string> fields, params (string Name, string Value)[] more) =>
        bridge.Form([.. fields.Select(f => (f.Key, f.Value)), .. more]);

    private static string Query(Dictionary<string, string> fields) => string.Join('&', fields.Select(f => $"{Uri.EscapeDataString(f.Key)}={Uri.EscapeDataString(f.Value)}"));
}
