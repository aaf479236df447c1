using Bridge.Application.Abstractions;
using Bridge.Application.Options;
using Microsoft.Extensions.DependencyInjection;

namespace Bridge.Infrastructure.Realtime;

/// <summary>How a provider becomes known: under its name, so that <c>REALTIME_PROVIDER</c> can choose it and a wrong name lists it.</summary>
internal static class RealtimeProviders
{
    public static IServiceCollection AddRealtimeProvider<TClient>(this IServiceCollection services, string name)
        where TClient : class, IRealtimeClient
    {
        services.AddSingleton(new RealtimeProviderName(name));
        return services.AddKeyedSingleton<IRealtimeClient, TClient>(name);
    }
}
