using Bridge.Api.Tests.Security;
using Bridge.Simulator;
using Bridge.Simulator.Caller;
using Bridge.Simulator.Model;

namespace Bridge.Api.Tests.Privacy;

/// <summary>E11: canaries in all that comes in. None is in a log line, a metric or an answer; the watch of the bridge looks when it is disposed of.</summary>
[CancelAfter(60_000)]
public sealed class CanaryTests
{
    private const string From = "+4915123456789";
    private const string To = "+493098765432";

    private static readonly string[] Fields =
    [
        "CallerName", "FromCity", "FromState", "FromZip", "FromCountry", "CallerCity", "CalledCity", "ToCity", "ToState", "ToZip", "ForwardedFrom", "CalledVia", "ParentCallSid",
        "SipCallId", "SipDomain", "SipHeader_X-Customer", "SipHeader_X-Password", "StirPassportToken", "StirVerstat", "CallToken", "ApiVersion", "CallStatus", "AddOns", "NobodyKnowsIt",
    ];

    private static readonly string[] Headers =
        ["User-Agent", "Cookie", "Referer", "X-Customer", "X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "X-Original-URL", "I-Twilio-Idempotency-Token", "traceparent", "baggage", "X-Request-Id", "Authorization"];

    [Test, Category("E11")]
    public async Task A_whole_call_with_something_to_hide_in_every_field_and_sentence([Values] bool get, [Values("on", "off")] string context, CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync(
            new() { Greeting = Said("It is a secret that the greeting tells"), Answers = [Said("Your card number is four two four two")], Transcripts = [new CallerTranscript("My password is swordfish and custard")] },
            new() { ["OPENAI_TRANSCRIPTION_MODEL"] = "gpt-transcribe", ["OPENAI_SYSTEM_PROMPT"] = "You are the confidential assistant of Messrs Canary.", ["CALLER_CONTEXT"] = context, ["OPENAI_LOG_EVENT_TYPES"] = EveryEvent });
        await using (var caller = await bridge.CallAsync(o => o with { From = Number(bridge, From), To = Number(bridge, To), UseGet = get, Form = Fields.ToDictionary(f => f, f => bridge.Canaries.AddPersonal(f)), ThrowOnFirstFailure = true }))
        {
            var session = await bridge.Model.NextConversationAsync(cancel);
            await caller.WaitForMediaAsync(Pcmu.Samples(400), cancel);
            caller.KeepStepWith(session);
            await caller.StepAsync(30, cancel);
            await session.SpeechStartedAsync();
            await caller.StepAsync(20, cancel);
            await session.SpeechStoppedAsync();
            await caller.StepAsync(60, cancel);
            await caller.HangUpAsync(cancel);
            await bridge.Logs.WaitForAsync("Call ended");
        }

        // It was there to be found: at Trace, in the methods that are called so.
        var trace = bridge.Logs.Events.Where(LogText.IsSensitive).Select(LogText.All).ToList();
        Assert.That(trace, Has.Some.Contains("swordfish").And.Some.Contains("confidential assistant").And.Some.Contains("four two four two"));
    }

    [Test, Category("E11")]
    public async Task What_is_refused_is_not_repeated([ValueSource(typeof(RefusedRequests), nameof(RefusedRequests.Names))] string what, CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync();
        var request = RefusedRequests.Of(what, bridge, Fields.ToDictionary(f => f, f => bridge.Canaries.AddPersonal(f)));
        foreach (var header in Headers.Where(h => request.Headers.All(known => known.Key != h)))
            request = request.With(header, bridge.Canaries.AddPersonal(header));
        var answer = await request.AskAsync(bridge.Address, cancel);

        Assert.That(answer?.Status, Is.InRange(400, 499), what);
        Assert.That(bridge.Canaries.FindIn($"{string.Join('\n', answer!.Headers)}\n{answer.Text}"), Is.Null, "the answer");
        Assert.That(bridge.Model.Dials, Is.Empty);
    }

    [Test, Category("E11")]
    public async Task A_genuine_webhook_is_answered_with_what_it_must_hold_and_no_more([Values("/incoming-call", "/stream-ended")] string path, CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync();
        var form = bridge.Form([.. Fields.Select(f => (f, bridge.Canaries.AddPersonal(f)))]);
        var request = bridge.Genuine(form, path);
        foreach (var header in Headers)
            request = request.With(header, bridge.Canaries.AddPersonal(header));
        var answer = await request.AskAsync(bridge.Address, cancel);

        Assert.That(answer?.Status, Is.EqualTo(200));
        // Twilio is told the caller's and the called number: they come back with the stream's start, to nobody else.
        var rest = form.Where(f => f.Key is "From" or "To").Aggregate(answer!.Text, (text, f) => text.Replace(f.Value, "", StringComparison.Ordinal));
        Assert.That(new[] { "canary sits", CanaryWatch.AuthToken, CanaryWatch.ApiKey, CanaryWatch.StreamTokenKey }.Where(rest.Contains), Is.Empty);
        Assert.That(Patterns.PersonalIn(rest), Is.Null);
    }

    [Test, Category("E11")]
    public async Task What_a_stream_says_that_nobody_expects_is_not_repeated(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync(new() { Greeting = ModelAnswer.Tones(200), Answers = [] });
        await using var caller = await bridge.CallAsync();
        var session = await bridge.Model.NextConversationAsync(cancel);
        caller.KeepStepWith(session);
        string Canary(string where) => bridge.Canaries.AddPersonal(where);
        foreach (var text in new[]
        {
            $$$"""{"event":"{{{Canary("an event's name")}}}"}""",
            $$$"""{"event":"{{{Canary("an event")}}}\u000a12:00:00.000 ERR Nothing happened","x":1}""",
            $$$"""{"event":"media","media":{"track":"{{{Canary("a track")}}}","timestamp":"{{{Canary("a timestamp")}}}","payload":"{{{Canary("a payload")}}}"}}""",
            $$$"""{"event":"mark","mark":{"name":"{{{Canary("a mark")}}}"}}""",
            $$$"""{"event":"dtmf","dtmf":{"digit":"{{{Canary("a digit")}}}"}}""",
            $$$"""{"event":"media",{{{Canary("no JSON at all")}}}""",
            Canary("no object at all"),
        })
        {
            await caller.SendRawAsync(text, cancel);
        }

        await caller.StepAsync(3, cancel);
        await caller.HangUpAsync(cancel);
        await bridge.Logs.WaitForAsync("Call ended: CallerHungUp");
    }

    [TestCase("\"encoding\":\"audio/x-mulaw\"", "\"encoding\":\"CANARY\"")]
    [TestCase("CA", "CANARY")]
    [TestCase("\"streamSid\":\"MZ", "\"streamSid\":\"CANARY")]
    [TestCase("\"accountSid\":\"", "\"accountSid\":\"CANARY")]
    [TestCase("\"customParameters\":{", "\"customParameters\":{\"CANARY\":\"CANARY\"")]
    [Category("E11")]
    public async Task What_a_start_says_wrongly_is_not_repeated(string where, string wrong, CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync();
        var call = await bridge.PlaceAsync(cancel);
        await using var stream = await bridge.OpenAsync(call, cancel);
        await stream.SendTextAsync(TwilioWire.Connected(), cancel);
        await stream.SendTextAsync(call.Start().Replace(where, wrong.Replace("CANARY", bridge.Canaries.AddPersonal("start"), StringComparison.Ordinal), StringComparison.Ordinal), cancel);
        if (wrong.Contains("customParameters", StringComparison.Ordinal))
            await bridge.Logs.WaitForAsync("Session ready");
        else
            Assert.That(await stream.CloseStatusAsync(cancel), Is.EqualTo(1008));
    }

    private const string EveryEvent =
        "session.created,session.updated,response.created,response.done,response.output_item.added,response.output_item.done,response.content_part.done,conversation.item.added,conversation.item.done,"
        + "response.output_audio_transcript.delta,response.output_audio_transcript.done,conversation.item.input_audio_transcription.completed,conversation.item.input_audio_transcription.delta,error";

    private static string Number(BridgeHost bridge, string number) => bridge.Canaries.AddPersonal("a number", number);

    private static ModelAnswer Said(string words) => new([new AnswerItem(Speech.Tone(400), words)]);
}
