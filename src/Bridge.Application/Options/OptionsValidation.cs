using FluentValidation;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Bridge.Application.Options;

/// <summary>One way to register settings: attributes for one value, rules for values together, both reported together at start.</summary>
public static class OptionsValidation
{
    /// <summary>Binds <typeparamref name="TOptions"/> to a section and checks it before the host starts.</summary>
    public static IServiceCollection AddValidatedOptions<TOptions, TRules>(this IServiceCollection services, string section)
        where TOptions : class
        where TRules : class, IValidator<TOptions>
    {
        services.AddValidatedOptions<TOptions>(section);
        services.TryAddSingleton<IValidator<TOptions>, TRules>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TOptions>, RulesValidation<TOptions>>());
        return services;
    }

    /// <summary>The same for settings that have no rules between them.</summary>
    public static IServiceCollection AddValidatedOptions<TOptions>(this IServiceCollection services, string section)
        where TOptions : class
    {
        services.AddOptions<TOptions>().BindConfiguration(section).ValidateDataAnnotations().ValidateOnStart();
        return services;
    }

    private sealed class RulesValidation<TOptions>(IValidator<TOptions> rules) : IValidateOptions<TOptions>
        where TOptions : class
    {
        public ValidateOptionsResult Validate(string? name, TOptions options)
        {
            var result = rules.Validate(options);
            return result.IsValid ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(result.Errors.Select(e => e.ErrorMessage));
        }
    }
}
