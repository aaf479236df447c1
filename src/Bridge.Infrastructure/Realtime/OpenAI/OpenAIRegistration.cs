using Bridge.Application.Abstractions;
using Bridge.Application.Options;
using Microsoft.Extensions.DependencyInjection;

namespace Bridge.Infrastructure.Realtime.OpenAI;

/// <summary>The line that makes OpenAI a provider.</summary>
internal static class OpenAIRegistration
{
    public const string Name = "openai";

    public static IServiceCollection AddOpenAIRealtime(this IServiceCollection services)
    {
        services.AddValidatedOptions<OpenAIOptions, OpenAIOptionsRules>(OpenAIOptions.Section);
        services.AddSingleton<OpenAIStartupNotes>();
        services.AddHostedService(provider => provider.GetRequiredService<OpenAIStartupNotes>());
        services.AddSingleton<IProviderNotes>(provider => provider.GetRequiredService<OpenAIStartupNotes>());
        services.AddKeyedTransient<IStandInModel, OpenAIStandIn>(Name);
        return services.AddRealtimeProvider<OpenAIRealtimeClient>(Name);
    }
}
