using Bridge.Application.Abstractions;
using Bridge.Application.Options;
using Bridge.Infrastructure.Realtime.OpenAI;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Bridge.Infrastructure.Tests;

/// <summary>The client of the model, as a call uses it, aimed at a server of the test's.</summary>
internal sealed class Dialer(string endpoint) : IDisposable
{
    public const string Key = "sk-CANARY-0123456789";

    private static readonly RealtimeSessionSettings Settings = new("Be kind.", null, null, new TurnDetectionOptions());

    private OpenAIRealtimeClient? _client;

    public int MaxMessageBytes { get; init; } = OpenAIOptions.DefaultMaxMessageBytes;

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));

    public TestLogger<OpenAIRealtimeSession> Log { get; } = new();

    public static Dialer Plain(int port) => new($"ws://127.0.0.1:{port}/v1/realtime");

    public static Dialer Tls(int port) => new($"wss://localhost:{port}/v1/realtime");

    public Task<IRealtimeSession> DialAsync(CancellationToken cancellationToken = default)
    {
        _client ??= new OpenAIRealtimeClient(
            Options.Create(new OpenAIOptions { ApiKey = new Secret(Key), Model = "m", Endpoint = new Uri(endpoint), MaxMessageBytes = MaxMessageBytes }), Options.Create(new BridgeOptions()), Time, Log);
        return _client.CreateSessionAsync(Settings, cancellationToken).WaitAsync(SocketPair.Patience * 2, CancellationToken.None);
    }

    /// <summary>A dial that gives no session: why.</summary>
    public async Task<RealtimeSessionException> FailAsync()
    {
        try
        {
            await using var session = await DialAsync();
        }
        catch (RealtimeSessionException e)
        {
            return e;
        }

        throw new AssertionException("A session came of it.");
    }

    public void Dispose() => _client?.Dispose();
}
