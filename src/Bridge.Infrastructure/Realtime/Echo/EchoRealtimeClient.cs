using Bridge.Application.Abstractions;
using Microsoft.Extensions.DependencyInjection;

namespace Bridge.Infrastructure.Realtime.Echo;

/// <summary>A model that repeats what it hears: a real phone call without a network, a key or a cost.</summary>
internal sealed class EchoRealtimeClient : IRealtimeClient
{
    private static readonly byte[] Greeting = LoadGreeting();
    private int _sessions;

    public Task<IRealtimeSession> CreateSessionAsync(RealtimeSessionSettings settings, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var id = $"echo_{Interlocked.Increment(ref _sessions)}";
        return Task.FromResult<IRealtimeSession>(new EchoRealtimeSession(id, Greeting, settings.TurnDetection));
    }

    private static byte[] LoadGreeting()
    {
        using var resource = typeof(EchoRealtimeClient).Assembly.GetManifestResourceStream("echo-greeting.ulaw")!;
        var audio = new byte[resource.Length];
        resource.ReadExactly(audio);
        return audio;
    }
}

/// <summary>The line that makes it a provider.</summary>
internal static class EchoRegistration
{
    public const string Name = "echo";

    public static IServiceCollection AddEchoRealtime(this IServiceCollection services) => services.AddRealtimeProvider<EchoRealtimeClient>(Name);
}
