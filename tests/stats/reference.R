# Prints the figures of R_PRINTED in test_reference_r.py: Rscript tests/stats/reference.R (packages survey and clubSandwich).
suppressMessages({ library(survey); library(clubSandwich) })
options(digits = 12)
show <- function(key, ...) cat(sprintf('    "%s": [%s],\n', key, paste(format(as.numeric(c(...)), digits = 10, trim = TRUE), collapse = ", ")))

i <- 1:240
d <- data.frame(
  stratum = (i - 1) %/% 60, cluster = (i - 1) %/% 6, size = 1 + (i * 5) %% 7,
  income = 500 + 100 * sin(i) + 3 * ((i * 7) %% 31) + 40 * cos((i - 1) %/% 6),
  yes = as.numeric(((i * i) %% 11) + (((i - 1) %/% 6) %% 3) > 5), rare = as.numeric(i %% 97 == 0), spread = as.numeric((i %% 6) < 5),
  answer = factor(1 + (i * i + ((i - 1) %/% 6) * 3) %% 4, ordered = TRUE), kind = c("a", "b", "c")[1 + (i * 3) %% 7 %% 3],
  weight = 10 + ((i * 3) %% 17) + 5 * ((i - 1) %/% 60), villages = 20 + 10 * ((i - 1) %/% 60))
des <- svydesign(id = ~cluster, strata = ~stratum, weights = ~weight, fpc = ~villages, data = d, nest = TRUE)

m <- svymean(~income, des, deff = "replace"); show("mean", coef(m), SE(m), deff(m), confint(m, df = degf(des)))
m <- svytotal(~size, des, deff = "replace"); show("total", coef(m), SE(m), deff(m))
m <- svyratio(~income, ~size, des); show("ratio", coef(m), SE(m))
b <- svyby(~income, ~kind, des, svymean); show("mean by kind", coef(b), SE(b))
b <- svyby(~size, ~kind, des, svytotal); show("total by kind", coef(b), SE(b))
show("quantiles", t(svyquantile(~income, des, c(.1, .25, .5, .75, .9), qrule = "math", ci = TRUE)[[1]]))
show("middle quantiles", t(svyquantile(~size, des, c(.25, .5, .75), qrule = "school", ci = TRUE)[[1]]))
for (v in c("yes", "rare", "spread")) for (method in c("logit", "beta")) {
  p <- svyciprop(as.formula(paste0("~", v)), des, method = method); show(paste(v, method), p, confint(p))
}
x <- svychisq(~kind + yes, des, statistic = "F"); show("chisq F", x$statistic, x$parameter, x$p.value)
x <- svychisq(~kind + yes, des, statistic = "Chisq"); show("chisq", x$statistic, x$parameter, x$p.value)
g <- svyglm(income ~ size + kind, des); show("linear", coef(g), SE(g), summary(g)$coefficients[, 4])
g <- svyglm(yes ~ size + kind, des, family = quasibinomial(), epsilon = 1e-13); show("logistic", coef(g), SE(g), summary(g)$coefficients[, 4])
g <- svyolr(answer ~ size + kind, des, control = list(reltol = 1e-15, maxit = 1000))
show("ordinal", g$coefficients, g$zeta); show("ordinal se", sqrt(diag(g$var)))
known <- postStratify(des, ~kind, data.frame(kind = c("a", "b", "c"), Freq = c(2500, 2000, 1500)))
raked <- calibrate(des, ~kind + factor(yes), c(`(Intercept)` = 6000, kindb = 2000, kindc = 1500, `factor(yes)1` = 3500), calfun = "raking", epsilon = 1e-11, maxit = 200)
for (drawn in list(list("post-stratified", known), list("raked", raked))) {
  m <- svymean(~income, drawn[[2]]); show(paste(drawn[[1]], "mean"), coef(m), SE(m))
  m <- svytotal(~size, drawn[[2]]); show(paste(drawn[[1]], "total"), coef(m), SE(m))
}

j <- 1:90
e <- data.frame(y = sin(j) + cos(j * j / 7) + (j %% 5) / 3, x = cos(j * 1.3), z = as.numeric(j %% 3 == 0), g = rep(1:8, c(rep(12, 6), 10, 8)))
f <- lm(y ~ x + z, e)
for (type in c("CR1S", "CR2")) {
  t <- coef_test(f, vcov = vcovCR(f, cluster = e$g, type = type), test = "Satterthwaite"); show(paste("club", type), t$beta, t$SE, t$df_Satt, t$p_Satt)
}
f <- lm(y ~ x + z + factor(g), e)
t <- coef_test(f, vcov = vcovCR(f, cluster = e$g, type = "CR2"), test = "Satterthwaite")[2:3, ]; show("club fixed effects", t$beta, t$SE, t$df_Satt, t$p_Satt)
