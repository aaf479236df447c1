using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Bridge.Simulator.Model;

namespace Bridge.Simulator.Tests;

/// <summary>What dials can meet.</summary>
internal sealed class DialFaultTests
{
    private static readonly RealtimeError Quota = KnownErrors.Fatal[0];

    [Test]
    public async Task Each_dial_meets_its_line_of_the_script_and_behind_it_nothing_odd()
    {
        await using var server = await FakeRealtimeServer.StartAsync(new FakeModelOptions { Dials = [DialFault.Refuse(503), DialFault.None, DialFault.Refuse(401)] });
        int[] statuses = [await FaultClient.StatusAsync(server), await FaultClient.StatusAsync(server), await FaultClient.StatusAsync(server), await FaultClient.StatusAsync(server)];
        Assert.That(statuses, Is.EqualTo(new[] { 503, 101, 401, 101 }));
        Assert.That(
            server.Dials.Select(dial => dial.Outcome),
            Is.EqualTo(new[] { DialOutcome.Refused, DialOutcome.Opened, DialOutcome.Refused, DialOutcome.Opened }));
    }

    [Test]
    public async Task Behind_the_script_every_dial_can_meet_the_same_until_it_is_changed()
    {
        await using var server = await FakeRealtimeServer.StartAsync(new FakeModelOptions { Dials = [DialFault.None], EveryDial = DialFault.Refuse(404) });
        int[] before = [await FaultClient.StatusAsync(server), await FaultClient.StatusAsync(server), await FaultClient.StatusAsync(server)];
        server.Script = [DialFault.Refuse(500), DialFault.None];
        int[] then = [await FaultClient.StatusAsync(server), await FaultClient.StatusAsync(server), await FaultClient.StatusAsync(server)];
        server.Options = server.Options with { EveryDial = null };
        Assert.That(before, Is.EqualTo(new[] { 101, 404, 404 }));
        Assert.That(then, Is.EqualTo(new[] { 500, 101, 404 }));
        Assert.That(await FaultClient.StatusAsync(server), Is.EqualTo(101));
    }

    [Test]
    public async Task A_refusal_can_say_when_to_come_again_and_in_any_words()
    {
        await using var server = await FakeRealtimeServer.StartAsync(new FakeModelOptions { EveryDial = DialFault.Refuse(429, 60, "<html>slow down</html>") });
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new UriBuilder(server.Url) { Scheme = "http" }.Uri, ModelClient.Limit());
        Assert.That(answer.Headers.RetryAfter!.Delta, Is.EqualTo(TimeSpan.FromMinutes(1)));
        Assert.That(await answer.Content.ReadAsStringAsync(), Is.EqualTo("<html>slow down</html>"));
    }

    [Test]
    public async Task A_dial_that_hangs_is_seen_to_be_given_up()
    {
        await using var server = await FakeRealtimeServer.StartAsync(new FakeModelOptions { Dials = [DialFault.Hang] });
        using var patience = new CancellationTokenSource();
        var dialling = FaultClient.DialAsync(server.Url, patience.Token);
        await server.WaitUntilAsync(model => model.Dials.Count == 1, ModelClient.Limit());
        Assert.That((server.OpenConnections, server.Dials[0].Outcome, dialling.IsCompleted), Is.EqualTo((1, DialOutcome.Waiting, false)));
        await patience.CancelAsync();
        await server.WaitUntilAsync(model => model.GivenUp == 1 && model.OpenConnections == 0, ModelClient.Limit());
        Assert.That(async () => await dialling, Throws.Exception);
        Assert.That(server.Conversations, Is.Empty);
    }

    [Test]
    public async Task A_late_handshake_counts_if_the_client_is_still_there_and_opens_nothing_if_it_is_not()
    {
        var clock = new ManualClock();
        await using var server = await FakeRealtimeServer.StartAsync(new FakeModelOptions { Clock = clock, EveryDial = DialFault.Delay(TimeSpan.FromSeconds(3)) });
        using var patience = new CancellationTokenSource();
        var patient = FaultClient.DialAsync(server.Url);
        var impatient = FaultClient.DialAsync(server.Url, patience.Token);
        await server.WaitUntilAsync(model => model.Dials.Count == 2, ModelClient.Limit());
        await patience.CancelAsync();
        await server.WaitUntilAsync(model => model.GivenUp == 1, ModelClient.Limit());
        clock.Advance(TimeSpan.FromMilliseconds(2999));
        Assert.That(patient.IsCompleted, Is.False);
        while (!patient.IsCompleted)
        {
            clock.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }

        (await patient).Dispose();
        Assert.That((server.LateHandshakes, server.GivenUp), Is.EqualTo((1, 1)));
        await server.WaitUntilAsync(model => model.OpenSockets == 0 && model.OpenConnections == 0, ModelClient.Limit());
    }

    [Test]
    public async Task A_handshake_can_be_answered_with_a_reset()
    {
        await using var server = await FakeRealtimeServer.StartAsync(new FakeModelOptions { Dials = [DialFault.Reset] });
        using var client = await RawClient.ConnectAsync(server.Url.Port);
        await client.AskAsync();
        Assert.That(async () => await client.ReadAsync(1), Throws.InstanceOf<SocketException>().With.Property("SocketErrorCode").EqualTo(SocketError.ConnectionReset));
        Assert.That(server.Dials[0].Outcome, Is.EqualTo(DialOutcome.Reset));
    }

    [Test]
    public async Task A_socket_can_be_closed_as_soon_as_it_is_open()
    {
        await using var server = await FakeRealtimeServer.StartAsync(new FakeModelOptions { EveryDial = DialFault.CloseAfterUpgrade(1013) });
        using var socket = await FaultClient.DialAsync(server.Url);
        await socket.ReceiveAsync(new byte[16], ModelClient.Limit());
        Assert.That((int?)socket.CloseStatus, Is.EqualTo(1013));
    }

    [Test]
    public async Task A_session_can_lack_its_created_its_updated_or_both()
    {
        await using var server = await FakeRealtimeServer.StartAsync(new FakeModelOptions { Dials = [DialFault.NoCreated, DialFault.NoUpdated] });
        using var mute = await FaultClient.OpenAsync(server, configure: false);
        await mute.SendAsync(ModelClient.Configured);
        Assert.That(await mute.UpToNowAsync(), Is.Empty);
        using var deaf = await FaultClient.OpenAsync(server, configure: false);
        await deaf.SendAsync(ModelClient.Configured);
        Assert.That(await deaf.UpToNowAsync(), Is.EqualTo(new[] { "session.created" }));
        Assert.That((mute.Session.IsConfigured, deaf.Session.IsConfigured), Is.EqualTo((false, false)));
    }

    [Test]
    public async Task An_error_can_come_before_the_session_is_ready()
    {
        await using var server = await FakeRealtimeServer.StartAsync(
            new FakeModelOptions { Dials = [DialFault.ErrorBeforeCreated(Quota), DialFault.ErrorBeforeUpdated(Quota)] });
        using var first = await FaultClient.OpenAsync(server, configure: false);
        await first.SendAsync(ModelClient.Configured);
        Assert.That(await first.UpToNowAsync(), Is.EqualTo(new[] { "error" }));
        using var second = await FaultClient.OpenAsync(server, configure: false);
        await second.SendAsync(ModelClient.Configured);
        Assert.That(await second.UpToNowAsync(), Is.EqualTo(new[] { "session.created", "error" }));
    }

    [Test]
    public async Task Faults_of_a_dial_add_up_and_leave_the_next_dial_alone()
    {
        await using var server = await FakeRealtimeServer.StartAsync(new FakeModelOptions
        {
            Dials = [DialFault.WrongFormat.And(DialFault.Session(SessionFault.Close(1012).After("session.updated")))],
        });
        using var first = await FaultClient.OpenAsync(server, configure: false);
        await first.SendAsync(ModelClient.Configured);
        var updated = (await first.UntilAsync("session.updated"))[^1].GetProperty("session").GetProperty("audio");
        Assert.That(updated.GetProperty("output").GetProperty("format").GetProperty("type").GetString(), Is.EqualTo("audio/pcm"));
        await first.ToEndAsync();
        Assert.That(first.Ended, Is.EqualTo(1012));
        using var second = await FaultClient.OpenAsync(server);
        Assert.That(await second.UpToNowAsync(), Is.Empty);
    }

    [Test]
    public async Task Behind_tls_only_a_client_that_trusts_anybody_gets_in()
    {
        using var certificate = SelfSigned.Certificate();
        await using var server = await FakeRealtimeServer.StartAsync(tls: certificate);
        Assert.That(server.Url.Scheme, Is.EqualTo("wss"));
        Assert.That(async () => await FaultClient.DialAsync(server.Url), Throws.InstanceOf<WebSocketException>().With.InnerException.InnerException.InstanceOf<AuthenticationException>());
        using var trusting = new ClientWebSocket();
        X509Certificate? seen = null;
        trusting.Options.RemoteCertificateValidationCallback = (_, shown, _, _) => (seen = shown) is not null;
        trusting.Options.SetRequestHeader("Authorization", "Bearer key");
        await trusting.ConnectAsync(new Uri(server.Url + "?model=m"), ModelClient.Limit());
        Assert.That(seen!.GetCertHashString(), Is.EqualTo(certificate.GetCertHashString()));
        Assert.That((await trusting.ReceiveAsync(new byte[4096], ModelClient.Limit())).MessageType, Is.EqualTo(WebSocketMessageType.Text));
    }
}
