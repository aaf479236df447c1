using System.Reflection;
using Bridge.Application.Admission;
using Bridge.Application.Behaviors;
using Bridge.Application.Bridging;
using Bridge.Application.Calls;
using Bridge.Application.Options;
using Bridge.Application.Sessions;
using FluentValidation;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Bridge.Application;

/// <summary>What the product does, as services.</summary>
public static class DependencyInjection
{
    /// <summary>Registers the handlers, their validators, the bridge and its settings. Needs a host's logging and metrics.</summary>
    public static IServiceCollection AddApplication(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<BridgeMetrics>();
        services.AddSingleton<StreamTokens>();
        services.AddSingleton<Refusals>();
        services.AddSingleton<CallRegistry>();
        services.AddSingleton<CallPublisher>();
        services.AddSingleton<CallOutcomes>();
        services.AddSingleton<CallDrain>();
        services.AddSingleton<ModelCircuit>();
        services.AddSingleton<TimerWheel>();
        services.AddSingleton<UplinkBatching>();
        services.AddSingleton<CallParts>();
        services.AddSingleton<CallBridge>();
        services.AddValidatedOptions<BridgeOptions, BridgeOptionsRules>(BridgeOptions.Section);
        services.AddValidatedOptions<AdmissionOptions, AdmissionOptionsRules>(AdmissionOptions.Section);
        services.AddValidatedOptions<AssistantOptions>(AssistantOptions.Section);
        services.AddValidatedOptions<TwilioOptions, TwilioOptionsRules>(TwilioOptions.Section);
        services.AddMediator(typeof(DependencyInjection).Assembly);
        return services;
    }

    /// <summary>
    /// MediatR 5.1.0 has no registration of its own; this is what its later versions' <c>AddMediatR</c> would do for us,
    /// so that moving there is a change to this method.
    /// </summary>
    private static void AddMediator(this IServiceCollection services, Assembly assembly)
    {
        services.AddSingleton<ServiceFactory>(provider => provider.GetRequiredService);
        services.AddSingleton<IMediator, Mediator>();
        services.AddSingleton(typeof(IPipelineBehavior<,>), typeof(ValidationBehavior<,>));
        services.AddValidatorsFromAssembly(assembly, ServiceLifetime.Singleton, filter: found => !found.ValidatorType.Name.EndsWith("OptionsRules", StringComparison.Ordinal));
        var handlers =
            from type in assembly.GetTypes()
            where type is { IsClass: true, IsAbstract: false }
            from contract in type.GetInterfaces()
            where contract.IsGenericType && HandlerContracts.Contains(contract.GetGenericTypeDefinition())
            select (contract, type);
        foreach (var (contract, type) in handlers)
            services.AddSingleton(contract, type);
    }

    private static readonly Type[] HandlerContracts = [typeof(IRequestHandler<,>), typeof(INotificationHandler<>)];
}
