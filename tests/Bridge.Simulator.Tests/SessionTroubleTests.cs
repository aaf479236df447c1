using System.Text.Json;
using Bridge.Simulator.Faults;
using Bridge.Simulator.Model;

namespace Bridge.Simulator.Tests;

/// <summary>Responses that end badly, errors, expiry, and messages that nobody should send.</summary>
internal sealed class SessionTroubleTests
{
    private const string Create = """{"type":"response.create"}""";

    private readonly ManualClock _clock = new();
    private FakeRealtimeServer _server = null!;

    [SetUp]
    public async Task SetUp() => _server = await FakeRealtimeServer.StartAsync(new FakeModelOptions { Clock = _clock });

    [TearDown]
    public Task TearDown() => _server.DisposeAsync().AsTask();

    [Test]
    public async Task A_response_can_fail_for_want_of_tokens_and_says_for_how_long()
    {
        _server.Options = new FakeModelOptions { Answers = [ModelAnswer.RateLimited(1.25), ModelAnswer.Tones(20)] };
        using var client = await FaultClient.OpenAsync(_server);
        await client.SendAsync(Create);
        var events = await client.UntilAsync("response.done");
        Assert.That(events.Select(FaultClient.Type), Is.EqualTo(new[] { "response.created", "rate_limits.updated", "response.done" }));
        var limit = events[1].GetProperty("rate_limits")[0];
        var response = events[2].GetProperty("response");
        Assert.Multiple(() =>
        {
            Assert.That((limit.GetProperty("remaining").GetInt32(), limit.GetProperty("reset_seconds").GetDouble()), Is.EqualTo((0, 1.25)));
            Assert.That(response.GetProperty("status").GetString(), Is.EqualTo("failed"));
            Assert.That(response.GetProperty("status_details").GetProperty("error").GetProperty("code").GetString(), Is.EqualTo("rate_limit_exceeded"));
            Assert.That(response.GetProperty("usage").GetProperty("total_tokens").GetInt32(), Is.Zero);
        });
        await client.SendAsync(Create);
        Assert.That(Status(await client.UntilAsync("response.done")), Is.EqualTo("completed"));
    }

    [TestCase("server_error")]
    [TestCase("insufficient_quota")]
    public async Task A_response_can_fail_at_once_or_after_some_audio(string code)
    {
        _server.Options = new FakeModelOptions { Answers = [ModelAnswer.Failed(code), ModelAnswer.Tones(400) with { End = ResponseEnd.Failed(code) }] };
        using var client = await FaultClient.OpenAsync(_server);
        foreach (var milliseconds in new[] { 0, 400 })
        {
            await client.SendAsync(Create);
            var events = await client.UntilAsync("response.done");
            var error = events[^1].GetProperty("response").GetProperty("status_details").GetProperty("error");
            Assert.That((Status(events), error.GetProperty("code").GetString()), Is.EqualTo(("failed", code)));
            Assert.That(client.Session.Ledger.Sum(item => item.GeneratedMs), Is.EqualTo(milliseconds));
        }

        Assert.That(client.Session.ActiveResponseId, Is.Null);
    }

    [TestCase("content_filter")]
    [TestCase("max_output_tokens")]
    public async Task A_response_can_end_in_the_middle_of_its_last_item(string reason)
    {
        using var client = await FaultClient.OpenAsync(_server);
        _ = client.Session.RespondAsync(ModelAnswer.Tones(200, 200) with { End = ResponseEnd.Incomplete(reason) });
        var response = (await client.UntilAsync("response.done"))[^1].GetProperty("response");
        Assert.That(response.GetProperty("status").GetString(), Is.EqualTo("incomplete"));
        Assert.That(response.GetProperty("status_details").GetProperty("reason").GetString(), Is.EqualTo(reason));
        Assert.That(response.GetProperty("output").EnumerateArray().Select(item => item.GetProperty("status").GetString()), Is.EqualTo(new[] { "completed", "incomplete" }));
    }

    [Test]
    public async Task A_response_can_succeed_and_say_nothing_or_only_in_writing()
    {
        _server.Options = new FakeModelOptions { Greetings = [ModelAnswer.Empty], Greeting = ModelAnswer.TextOnly("read this") };
        using var client = await FaultClient.OpenAsync(_server);
        const string Greet = """{"type":"response.create","response":{"instructions":"Greet."}}""";
        await client.SendAsync(Greet);
        var empty = await client.UntilAsync("response.done");
        await client.SendAsync(Greet);
        var written = await client.UntilAsync("response.done");
        Assert.That((Status(empty), Status(written)), Is.EqualTo(("completed", "completed")));
        Assert.That(empty[^1].GetProperty("response").GetProperty("output").GetArrayLength(), Is.Zero);
        Assert.That(written.Select(FaultClient.Type), Does.Contain("response.output_text.done").And.None.Contains("audio"));
        Assert.That(written[^1].GetProperty("response").GetProperty("output")[0].GetProperty("content")[0].GetProperty("text").GetString(), Is.EqualTo("read this"));
    }

    [Test]
    public async Task Errors_can_rain_and_the_session_goes_on()
    {
        using var client = await FaultClient.OpenAsync(_server);
        await client.Session.Arm(SessionFault.Errors(100));
        await client.Session.Arm(SessionFault.UnknownErrors(12));
        var codes = new List<string?>();
        for (var i = 0; i < 112; i++)
            codes.Add((await client.EventAsync()).GetProperty("error").GetProperty("code").GetString());
        Assert.That(codes.Take(100).Distinct(), Is.EquivalentTo(KnownErrors.Harmless.Select(error => error.Code)));
        Assert.That(codes.Skip(100), Is.Unique);
        Assert.That(client.Session.Errors, Is.Empty, "the client did nothing wrong");
        await client.SendAsync(Create);
        await client.UntilAsync("response.done");
    }

    [Test]
    public async Task A_fatal_error_can_be_followed_by_a_close()
    {
        foreach (var error in KnownErrors.Fatal)
        {
            using var client = await FaultClient.OpenAsync(_server);
            _ = client.Session.Arm(SessionFault.Error(error, 1008));
            Assert.That((await client.ToEndAsync()).Single().GetProperty("error").GetProperty("code").GetString(), Is.EqualTo(error.Code));
            Assert.That(client.Ended, Is.EqualTo(1008));
        }
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_session_expires_when_it_said_it_would_and_says_so_or_not(bool tells)
    {
        _server.Options = _server.Options with
        {
            ExpiresIn = TimeSpan.FromSeconds(20), AtExpiry = tells ? SessionFault.Expire : SessionFault.ExpireUntold,
        };
        using var gone = await FaultClient.OpenAsync(_server);
        using var client = await FaultClient.OpenAsync(_server, configure: false);
        await client.SendAsync(ModelClient.Configured);
        var sessions = (await client.UntilAsync("session.updated")).Select(message => message.GetProperty("session").GetProperty("expires_at").GetInt64());
        Assert.That(sessions, Is.EqualTo(Enumerable.Repeat(_clock.GetUtcNow().ToUnixTimeSeconds() + 20, 2)));
        gone.Dispose();
        await gone.Session.Closed.WaitAsync(ModelClient.Limit());
        _clock.Advance(TimeSpan.FromMilliseconds(19_999));
        Assert.That(await client.UpToNowAsync(), Is.Empty);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        var last = (await client.ToEndAsync()).Select(message => message.GetProperty("error").GetProperty("code").GetString());
        Assert.That(last, Is.EqualTo(tells ? new[] { "session_expired" } : []));
        Assert.That((client.Ended, client.Session.Expired, gone.Session.Expired), Is.EqualTo(((int?)1001, true, false)));
    }

    [Test]
    public async Task Any_wrong_message_can_be_sent_and_the_session_goes_on()
    {
        using var client = await FaultClient.OpenAsync(_server);
        _ = client.Session.RespondAsync(ModelAnswer.Tones(20));
        await client.UntilAsync("response.done");
        var item = client.Session.Ledger[0];
        foreach (var message in BrokenMessage.All)
        {
            await client.Session.Arm(SessionFault.Broken(message));
            var expected = message.Text.Replace("{item}", item.ItemId, StringComparison.Ordinal).Replace("{response}", item.ResponseId, StringComparison.Ordinal);
            Assert.That(await client.TextAsync(), Is.EqualTo(expected), message.Name);
        }

        await client.Session.Arm(SessionFault.Binary(2));
        Assert.That((await client.TextAsync(), await client.TextAsync()), Is.EqualTo(("(binary)", "(binary)")));
        Assert.That(await client.UpToNowAsync(), Is.Empty);
        await client.Session.Arm(SessionFault.Raw(BrokenMessage.NotUtf8));
        Assert.That(await client.TextAsync(), Is.Null, ".NET closes then by itself");
    }

    [Test]
    public void Wrong_messages_are_wrong_in_the_way_they_say()
    {
        Assert.Multiple(() =>
        {
            Assert.That(BrokenMessage.All.Select(message => message.Name), Is.Unique);
            foreach (var message in BrokenMessage.WrongTypes.Concat(BrokenMessage.UnknownEvents).Concat(BrokenMessage.BadBase64))
                Assert.That(() => JsonDocument.Parse(message.Text), Throws.Nothing, message.Name);
            foreach (var message in BrokenMessage.BadBase64)
                Assert.That(JsonDocument.Parse(message.Text).RootElement.GetProperty("delta").GetString(), Does.Not.Match("^([A-Za-z0-9+/]{4})+\\z"), message.Name);
        });
    }

    [Test]
    public async Task Every_nth_event_can_come_twice_to_the_letter()
    {
        using var client = await FaultClient.OpenAsync(_server);
        await client.Session.Arm(SessionFault.Repeat(2));
        _ = client.Session.RespondAsync(ModelAnswer.Tones(20));
        var ids = (await client.UntilAsync("response.done")).Select(message => message.GetProperty("event_id").GetString()).ToList();
        Assert.That(ids.GroupBy(id => id).Select(same => same.Count()).Take(6), Is.EqualTo(new[] { 1, 2, 1, 2, 1, 2 }));
    }

    [Test]
    public async Task The_events_of_a_response_can_come_in_any_order_and_all_of_them()
    {
        using var client = await FaultClient.OpenAsync(_server);
        var first = client.Session.RespondAsync(ModelAnswer.Tones(2000));
        var straight = (await client.UntilAsync("response.done")).Select(FaultClient.Type).ToList();
        await first;
        await client.Session.Arm(SessionFault.Shuffle(7));
        await client.Session.RespondAsync(ModelAnswer.Tones(2000));
        var shuffled = new List<string>();
        while (shuffled.Count < straight.Count)
            shuffled.Add(FaultClient.Type(await client.EventAsync()));
        Assert.That(shuffled, Is.EquivalentTo(straight));
        Assert.That(shuffled.Where(type => type.StartsWith("response.", StringComparison.Ordinal)), Is.Not.EqualTo(straight.Where(type => type.StartsWith("response.", StringComparison.Ordinal))));
    }

    [Test]
    public async Task A_flood_is_a_minute_of_speech_or_ten_thousand_events_at_once()
    {
        using var client = await FaultClient.OpenAsync(_server);
        _ = client.Session.RespondAsync(ModelAnswer.Tones(60_000) with { DeltaMs = 1000 });
        var minute = await client.UntilAsync("response.done");
        Assert.That(client.Session.Ledger.Single().GeneratedMs, Is.EqualTo(60_000));
        Assert.That(minute.Count(message => FaultClient.Type(message) == "response.output_audio.delta"), Is.EqualTo(60));
        _ = client.Session.Arm(SessionFault.Flood(10_000));
        for (var i = 0; i < 10_000; i++)
            Assert.That(await client.TextAsync(), Does.Contain("rate_limits.updated"));
        Assert.That(await client.UpToNowAsync(), Is.Empty);
    }

    private static string? Status(List<JsonElement> events) => events[^1].GetProperty("response").GetProperty("status").GetString();
}
